package dev.tidemark.schema.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;

/** Something that touches no bitmap and no guest: it needs the repository only. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = VerifyOperation.class, name = "VERIFY"),
    @JsonSubTypes.Type(value = RestoreOperation.class, name = "RESTORE"),
    @JsonSubTypes.Type(value = RestoreExportOperation.class, name = "EXPORT"),
    @JsonSubTypes.Type(value = DeleteBackupOperation.class, name = "DELETE_BACKUP"),
    @JsonSubTypes.Type(value = MergeBackupOperation.class, name = "MERGE_BACKUP"),
    @JsonSubTypes.Type(value = AbortOperation.class, name = "ABORT")
})
public sealed interface RepositoryOperation
        permits VerifyOperation,
                RestoreOperation,
                RestoreExportOperation,
                DeleteBackupOperation,
                MergeBackupOperation,
                AbortOperation {
    /** The operation. */
    OperationId id();

    /** The backup that is read, served or merged, or goes. */
    BackupId backup();

    /** Where it lies. */
    RepositoryName repository();
}
