package dev.tidemark.schema.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.id.OperationId;

/** The one thing to be done to QEMU: each is exactly one QMP transaction. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = CheckpointOperation.class, name = "CREATE_CHECKPOINT"),
    @JsonSubTypes.Type(value = DeletionOperation.class, name = "DELETE_CHECKPOINT"),
    @JsonSubTypes.Type(value = PushBackupOperation.class, name = "PUSH_BACKUP"),
    @JsonSubTypes.Type(value = PullBackupOperation.class, name = "PULL_BACKUP")
})
public sealed interface Operation permits CheckpointOperation, DeletionOperation, BackupOperation {
    /** Carried by every job id, node name and temporary bitmap that belongs to it. */
    OperationId id();

    /** Whether the guest's file systems have to be frozen at the moment of the transaction. */
    default boolean quiesce() {
        return false;
    }
}
