package dev.tidemark.gateway.watch;

/** One watched file, with what has happened to it since. */
final class Watched implements AutoCloseable {
    private final FileWatch watch;
    private final int number;
    private long closings;
    private long writes;
    private boolean lost;

    /** What has been counted at a moment. */
    record Count(long closings, long writes, boolean lost) {}

    Watched(FileWatch watch, int number) {
        this.watch = watch;
        this.number = number;
    }

    int number() {
        return number;
    }

    Count count() {
        synchronized (watch) {
            watch.settle();
            return new Count(closings, writes, lost);
        }
    }

    void closedAfterWriting() {
        closings++;
    }

    void written() {
        writes++;
    }

    void lose() {
        lost = true;
    }

    @Override
    public void close() {
        watch.forget(this);
    }
}
