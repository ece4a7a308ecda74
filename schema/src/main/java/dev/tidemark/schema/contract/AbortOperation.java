package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;

/** What is to end, and to leave nothing behind: it has the id of what it ends. */
public record AbortOperation(RepositoryOperation errand) implements RepositoryOperation {
    @Override
    public OperationId id() {
        return errand.id();
    }

    @Override
    public BackupId backup() {
        return errand.backup();
    }

    @Override
    public RepositoryName repository() {
        return errand.repository();
    }
}
