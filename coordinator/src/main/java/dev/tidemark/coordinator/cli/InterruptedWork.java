package dev.tidemark.coordinator.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C while this process itself works: the working thread is told to stop, and the process stays until it has put away its things. */
final class InterruptedWork implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private InterruptedWork(Thread worker) {
        hook = new Thread(
                () -> {
                    worker.interrupt();
                    try {
                        boolean _ = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    } catch (InterruptedException dying) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop-work");
    }

    static InterruptedWork ofThisThread() {
        InterruptedWork work = new InterruptedWork(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(work.hook);
        return work;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyDying) {
            // The signal came first: the hook waits for this, and lets the process die of it.
            ended.countDown();
        }
    }
}
