package dev.tidemark.schema.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.id.CheckpointId;

/** What kind of backup was asked for. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BackupRequest.Automatic.class, name = "AUTO"),
    @JsonSubTypes.Type(value = BackupRequest.Full.class, name = "FULL"),
    @JsonSubTypes.Type(value = BackupRequest.Since.class, name = "SINCE")
})
public sealed interface BackupRequest {
    /** Incremental where the evidence holds, else full with the cause. */
    record Automatic() implements BackupRequest {}

    /** Everything. */
    record Full() implements BackupRequest {}

    /** Incremental since this checkpoint, and no backup at all where the evidence does not hold. */
    record Since(CheckpointId checkpoint) implements BackupRequest {}
}
