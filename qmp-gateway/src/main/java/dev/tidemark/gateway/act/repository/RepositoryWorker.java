package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what needs the repository only: verify, restore, merge, delete. Each can be run again after a crash and come to the same end. */
public final class RepositoryWorker {
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryWorker.class);

    private final Repositories repositories;

    /** Works on these repositories. */
    public RepositoryWorker(Repositories repositories) {
        this.repositories = repositories;
    }

    /**
     * Runs one operation to its end on the calling thread. An interrupt stops it, removes what a restore has made, and kills the child.
     */
    public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException {
        try {
            return outcome(operation, machine, progress);
        } catch (RepositoryException refusal) {
            RepositoryException failure = Interruption.unlessInterrupted(refusal);
            LOG.warn("operation {} is refused: {}", operation.id(), failure.getMessage());
            LOG.debug("why operation {} is refused", operation.id(), failure);
            return failure.refused();
        }
    }

    Outcome outcome(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        RepositoryTree tree = repositories.named(operation.repository()).tree();
        return switch (operation) {
            case VerifyOperation verify ->
                new Verification(tree, repositories.images(), machine, verify.backup()).run(progress);
            case RestoreOperation restore -> restore(restore, tree, machine, progress);
            case MergeBackupOperation merge ->
                new Merging(tree, repositories.images(), machine, merge, repositories.crash()).run(progress);
            case DeleteBackupOperation delete -> new Deletion(tree, machine, delete, repositories.crash()).run();
        };
    }

    private Outcome restore(
            RestoreOperation operation, RepositoryTree tree, MachineId machine, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        try {
            RestoreDirectory target = RestoreDirectory.of(operation, repositories);
            return new Restoration(tree, repositories.images(), machine, operation, target).run(progress);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot restore into " + operation.directory(), fault);
        }
    }
}
