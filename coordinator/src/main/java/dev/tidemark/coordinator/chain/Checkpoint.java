package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import java.util.Optional;

/**
 * A checkpoint that exists or is about to.
 *
 * @param backup with which it was asked for; empty if it was asked for by itself
 */
public record Checkpoint(CheckpointId id, CheckpointName name, State state, Optional<BackupId> backup) {
    /** Where it stands. */
    public enum State {
        /** The intent is committed. */
        REQUESTED,
        /** Its bitmap was seen. */
        CREATED,
        /** The intent to delete it is committed. */
        DELETING
    }

    Checkpoint in(State next) {
        return new Checkpoint(id, name, next, backup);
    }
}
