package dev.tidemark.gateway.act.repository;

/** Is told how far long reading or writing is. Called on the working threads, one at a time, often: it must be quick and must not throw. */
@FunctionalInterface
public interface ProgressListener {
    /** Listens to nothing. */
    ProgressListener NONE = (phase, bytesDone, bytesTotal) -> {};

    /** So much of a phase ({@code digest}, {@code verify}, {@code copy}) is done. */
    void progress(String phase, long bytesDone, long bytesTotal);
}
