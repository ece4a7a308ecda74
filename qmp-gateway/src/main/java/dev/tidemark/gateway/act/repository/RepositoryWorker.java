package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.id.MachineId;

/** Does what needs the repository only: verify and restore. Both can be run again after a crash and come to the same end. */
public final class RepositoryWorker {
    /** Works on these repositories. */
    public RepositoryWorker(Repositories repositories) {
        Unwritten.<Object>body();
    }

    /**
     * Runs one operation to its end on the calling thread. An interrupt stops it, removes what a restore has made, and kills the child.
     */
    public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException {
        return Unwritten.body();
    }
}
