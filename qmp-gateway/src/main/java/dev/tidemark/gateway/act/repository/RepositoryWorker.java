package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what needs the repository only: verify, restore, merge, delete. Each can be run again after a crash and come to the same end. */
public final class RepositoryWorker {
    private static final String ENDED = "it was ended on request";
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
        Outcome outcome = concluded(operation, machine, progress);
        boolean whole = outcome instanceof Outcome.Done(var evidence) && !(evidence instanceof Evidence.Damaged);
        if (!whole && Thread.interrupted()) {
            // Java closes files under whoever is interrupted: a sound one is taken for one that cannot be read.
            throw new InterruptedException(
                    "nothing is known of operation " + operation.id() + ", which was interrupted");
        }
        return outcome;
    }

    private Outcome concluded(RepositoryOperation operation, MachineId machine, ProgressListener progress)
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
        Repository repository = repositories.named(operation.repository());
        RepositoryTree tree = repository.tree();
        return switch (operation) {
            case VerifyOperation verify ->
                new Verification(
                                tree, repositories.images(), repositories.targets(), repository.keys(), machine, verify)
                        .run(progress);
            case RestoreOperation restore -> restore(restore, repository, machine, progress);
            case RestoreExportOperation export -> throw new IllegalArgumentException("is served, not run: " + export);
            case MergeBackupOperation merge ->
                new Merging(tree, repositories.images(), repository.keys(), machine, merge, repositories.crash())
                        .run(progress);
            case AbortOperation abort -> aborted(abort.errand(), tree, machine);
            case DeleteBackupOperation delete -> new Deletion(tree, machine, delete, repositories.crash()).run();
        };
    }

    /** It does not run any more: what it had made goes, unless it had come to its end before. */
    private Outcome aborted(RepositoryOperation errand, RepositoryTree tree, MachineId machine)
            throws RepositoryException {
        try {
            if (errand instanceof RestoreOperation restore && !restore.targets().isEmpty()) {
                return new Outcome.Refused(FailureCode.ABORTED, ENDED + "; what its targets hold now is not the disk");
            } else if (errand instanceof RestoreOperation restore) {
                try (RestoreDirectory target = RestoreDirectory.of(restore, repositories)) {
                    Optional<RestoreMarker> made = target.marker();
                    if (made.isPresent() && made.get().state() == RestoreMarker.State.FINISHED) {
                        return new Outcome.Done(new Evidence.Restored(made.get().disks()));
                    }
                    made.ifPresent(target::undo);
                    if (target.left().isPresent()) {
                        return new Outcome.Refused(
                                FailureCode.ABORTED,
                                ENDED + "; " + target.left().get());
                    }
                }
            } else if (errand instanceof VerifyOperation) {
                TrialDirectory.sweep(tree, machine);
            }
            return new Outcome.Refused(FailureCode.ABORTED, ENDED);
        } catch (IOException fault) {
            throw RepositoryException.failed("not all could be removed that was made until the abort", fault);
        }
    }

    private Outcome restore(
            RestoreOperation operation, Repository repository, MachineId machine, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        try {
            if (!operation.targets().isEmpty()) {
                return new TargetRestoration(repository, repositories, machine, operation).run(progress);
            }
            try (RestoreDirectory target = RestoreDirectory.of(operation, repositories)) {
                return restore(operation, repository, machine, target, progress);
            }
        } catch (IOException fault) {
            throw cannotRestore(operation, fault);
        }
    }

    private Outcome restore(
            RestoreOperation operation,
            Repository repository,
            MachineId machine,
            RestoreDirectory target,
            ProgressListener progress)
            throws RepositoryException, InterruptedException {
        try {
            return new Restoration(
                            repository.tree(), repositories.images(), repository.keys(), machine, operation, target)
                    .run(progress);
        } catch (IOException fault) {
            throw withWhatIsLeft(target, cannotRestore(operation, fault));
        } catch (RepositoryException failure) {
            throw withWhatIsLeft(target, failure);
        }
    }

    private static RepositoryException cannotRestore(RestoreOperation operation, IOException fault) {
        return RepositoryException.failed("cannot restore backup " + operation.backup(), fault);
    }

    /** Whoever asked looks at the operation, not into the gateway's log. */
    private static RepositoryException withWhatIsLeft(RestoreDirectory target, RepositoryException failure) {
        String detail = target.spoken(failure.detail());
        String told = target.left().map(left -> detail + "; " + left).orElse(detail);
        return told.equals(failure.detail())
                ? failure
                : new RepositoryException(failure.code(), failure.disk().orElse(null), told, failure.getCause());
    }
}
