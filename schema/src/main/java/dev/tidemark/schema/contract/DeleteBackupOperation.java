package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryIdentity;
import dev.tidemark.schema.id.RepositoryName;
import java.util.Optional;

/**
 * Take a backup out of its repository. What is not there was taken out before, if the directory that is looked into is the one it
 * was written to: {@code identity} tells, where that was recorded.
 */
public record DeleteBackupOperation(
        OperationId id, BackupId backup, RepositoryName repository, Optional<RepositoryIdentity> identity)
        implements RepositoryOperation {}
