package dev.tidemark.coordinator.drill.soak;

/**
 * A pause in which no fault is injected and nobody asks for anything: then every machine has to converge. Each actor comes to
 * it when what it has under way has ended.
 */
final class Calm {
    private boolean wanted;
    private boolean last;
    private int present;
    private long quietSince;

    /** The last one does not end: its actors finish. */
    synchronized void begin(boolean isLast) {
        wanted = true;
        last = isLast;
        present = 0;
        quietSince = System.nanoTime();
    }

    synchronized boolean isWanted() {
        return wanted;
    }

    synchronized boolean isLast() {
        return last;
    }

    synchronized double secondsOfQuiet() {
        return (System.nanoTime() - quietSince) / 1e9;
    }

    /** An actor whose machine has converged waits here for the others. */
    synchronized void attend() throws InterruptedException {
        present++;
        notifyAll();
        while (wanted) {
            wait();
        }
    }

    /** Whether that many have come in time. */
    synchronized boolean awaitPresent(int actors, long milliseconds) throws InterruptedException {
        long deadline = System.currentTimeMillis() + milliseconds;
        while (present < actors) {
            long left = deadline - System.currentTimeMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    synchronized void end() {
        wanted = false;
        notifyAll();
    }
}
