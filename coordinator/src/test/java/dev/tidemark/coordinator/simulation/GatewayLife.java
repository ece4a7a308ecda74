package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.reconcile.Clockwork;
import dev.tidemark.gateway.reconcile.Reconciler;
import dev.tidemark.gateway.watch.ImageWatch;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One process of the gateway: when it is killed, the next call or wait of whatever runs in it does not return. */
final class GatewayLife implements Clockwork {
    private final World world;
    private boolean dead;
    private boolean interrupted;
    final ImageWatch images;
    String cursor = "";

    @Nullable
    Reconciler reconciler;

    GatewayLife(World world, ImageWatch images) {
        this.world = world;
        this.images = images;
    }

    void kill() {
        dead = true;
    }

    boolean isDead() {
        return dead || world.isOver();
    }

    void check() {
        if (isDead()) {
            throw new Crashed();
        }
    }

    /** For whatever waits or reads files: whoever was interrupted before it began is told at its first chance, as a thread is. */
    void checkInterrupt() throws InterruptedException {
        if (interrupted) {
            interrupted = false;
            throw new InterruptedException("as played");
        }
    }

    /** Time in which others get on. */
    void elapse(long nanoseconds) {
        long end = world.now() + nanoseconds;
        check();
        while (world.next(end)) {
            // Before anything else happens: whoever comes after this process must not run inside it.
            check();
        }
        check();
    }

    @Override
    public long nanoTime() {
        return world.now();
    }

    @Override
    public Instant now() {
        return PlayedLog.NOW.plusNanos(world.now());
    }

    @Override
    public void wait(Object monitor, long milliseconds) {
        check();
        world.next(world.now() + milliseconds * 1_000_000);
        check();
    }

    @Override
    public void sleep(Duration time) {
        elapse(time.toNanos());
    }

    @Override
    public Work prepare(String name, Runnable work) {
        return new PlayedWork(name, work);
    }

    private final class PlayedWork implements Work {
        private final String name;
        private final Runnable work;
        private boolean toEnd;

        PlayedWork(String name, Runnable work) {
            this.name = name;
            this.work = work;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() {
            world.in(world.dice.milliseconds(name.startsWith("reconcile") ? 1 : 800), this::run);
        }

        private void run() {
            if (isDead()) {
                return;
            }
            boolean outer = interrupted;
            interrupted = toEnd;
            try {
                work.run();
            } catch (Crashed end) {
                dead = true;
            } finally {
                interrupted = outer;
            }
        }

        @Override
        public void interrupt() {
            toEnd = true;
        }

        @Override
        public boolean join(Duration timeLimit) {
            return true;
        }
    }
}
