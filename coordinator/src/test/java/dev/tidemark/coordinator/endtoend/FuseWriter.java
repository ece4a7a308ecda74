package dev.tidemark.coordinator.endtoend;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/** A guest that goes on writing here and there on every disk, each write read back, until it is told to stop. */
final class FuseWriter implements AutoCloseable {
    private final Thread thread;
    private final AtomicLong writes = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean ended;

    FuseWriter(FuseMachine machine, long seed) {
        thread = Thread.ofPlatform().name("guest").start(() -> {
            try {
                Random random = new Random(seed);
                while (!ended) {
                    for (String disk : machine.disks()) {
                        int length = 512 * (1 + random.nextInt(200));
                        long offset = 512L * random.nextInt((FuseMachine.DISK_BYTES - length) / 512);
                        machine.write(disk, 1 + random.nextInt(255), offset, length);
                        writes.incrementAndGet();
                    }
                }
            } catch (RuntimeException | Error suffered) {
                failure.set(suffered);
            }
        });
    }

    long writes() {
        return writes.get();
    }

    void awaitWrites(long more) {
        long target = writes() + more;
        Awaitility.await().until(() -> writes() >= target || failure.get() != null);
        requireUnharmed();
    }

    /** No write was refused. */
    void requireUnharmed() {
        if (failure.get() != null) {
            throw new AssertionError("the guest suffered", failure.get());
        }
    }

    @Override
    public void close() {
        ended = true;
        Awaitility.await().until(() -> !thread.isAlive());
        requireUnharmed();
    }
}
