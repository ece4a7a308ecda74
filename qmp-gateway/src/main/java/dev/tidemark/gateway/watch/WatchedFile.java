package dev.tidemark.gateway.watch;

import dev.tidemark.gateway.observe.DiskFile;
import dev.tidemark.schema.contract.ImageEvidence.Doubt;
import java.util.Optional;

/** One file of a disk, watched from a moment at which QEMU held it open, or known not to be. */
public interface WatchedFile extends AutoCloseable {
    /** Begins to watch for a machine. */
    interface Watcher {
        /** Begins to watch a file that a process of QEMU has open, or remembers why it cannot. */
        WatchedFile begin(DiskFile file, Optional<Long> process);
    }

    /** What it is to QEMU. */
    DiskFile file();

    /** Whether it is watched still; if not, one may try again. */
    boolean isWatched();

    /** Counts what happened up to now; judged is it when QEMU has said that it still runs. */
    void count();

    /** What happened up to the last count is told. */
    void settle();

    /** Why nobody can vouch for it over the end of one run of QEMU and the start of the next, which has it open now. */
    Optional<Doubt> doubtAboutRestart(Optional<Long> process);

    /** Why nobody can vouch for it although QEMU ran all the time. */
    Optional<Doubt> doubtAboutRun();

    @Override
    void close();
}
