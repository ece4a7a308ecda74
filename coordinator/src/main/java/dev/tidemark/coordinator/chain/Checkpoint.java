package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;

/** A checkpoint that exists or is about to. */
public record Checkpoint(CheckpointId id, CheckpointName name, State state) {
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
        return new Checkpoint(id, name, next);
    }
}
