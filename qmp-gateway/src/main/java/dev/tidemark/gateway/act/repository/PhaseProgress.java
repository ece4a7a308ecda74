package dev.tidemark.gateway.act.repository;

/** Adds up the bytes of one phase for a listener, also from several threads. */
final class PhaseProgress {
    private final ProgressListener listener;
    private final String phase;
    private final long total;
    private long done;

    PhaseProgress(ProgressListener listener, String phase, long total) {
        this.listener = listener;
        this.phase = phase;
        this.total = total;
        listener.progress(phase, 0, total);
    }

    synchronized void add(long bytes) {
        done += bytes;
        at(done);
    }

    /** A file that grows while it is read must not make more than everything. */
    synchronized void at(long bytesDone) {
        listener.progress(phase, Math.min(bytesDone, total), total);
    }
}
