package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/**
 * Read the files of a backup, and of all that it stands on, and compare them with their manifests and with what the log says of them.
 *
 * @param deep restore every disk too, and compare what came out with a second reading of the chain
 * @param recorded the files that the log knows, of the backup and of those below it; none if it does not know the backup
 */
public record VerifyOperation(
        OperationId id, BackupId backup, RepositoryName repository, boolean deep, List<RecordedFile> recorded)
        implements RepositoryOperation {
    public VerifyOperation {
        recorded = List.copyOf(recorded);
    }

    /** Nothing but what the manifests say. */
    public VerifyOperation(OperationId id, BackupId backup, RepositoryName repository) {
        this(id, backup, repository, false, List.of());
    }

    /** The same, with what the log says of the files. */
    public VerifyOperation against(List<RecordedFile> files) {
        return new VerifyOperation(id, backup, repository, deep, files);
    }
}
