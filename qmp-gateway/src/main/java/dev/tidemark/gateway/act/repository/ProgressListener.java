package dev.tidemark.gateway.act.repository;

/** Is told how far long reading or writing is. Called on the working thread, often: it must be quick and must not throw. */
@FunctionalInterface
public interface ProgressListener {
    /** Listens to nothing. */
    ProgressListener NONE = (phase, bytesDone, bytesTotal) -> {};

    /** So much of a phase ({@code digest}, {@code verify}, {@code copy}) is done. */
    void progress(String phase, long bytesDone, long bytesTotal);
}
