package dev.tidemark.gateway.act.repository;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import java.util.List;

/**
 * What a restore leaves in its directory, so that the same operation, asked for again after a crash, knows its own files from others'
 * and comes to the same end. It stays when all is done: the gateway can crash before its report is recorded.
 */
record RestoreMarker(
        int formatVersion,
        OperationId operation,
        BackupId backup,
        State state,
        @JsonProperty(required = true) boolean directoryMade,
        List<RestoredDisk> disks) {
    static final int FORMAT_VERSION = 1;

    RestoreMarker {
        disks = List.copyOf(disks);
    }

    /** How far it is. */
    enum State {
        /** Files are being written under names that only this operation uses. */
        COPYING,
        /** All are written and durable; they are getting their names. */
        NAMING,
        /** All have their names. */
        FINISHED
    }

    RestoreMarker with(State next) {
        return new RestoreMarker(formatVersion, operation, backup, next, directoryMade, disks);
    }
}
