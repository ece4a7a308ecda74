package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;

/** Read the files of a backup, and of all that it stands on, and compare them with their manifests. */
public record VerifyOperation(OperationId id, BackupId backup, RepositoryName repository)
        implements RepositoryOperation {}
