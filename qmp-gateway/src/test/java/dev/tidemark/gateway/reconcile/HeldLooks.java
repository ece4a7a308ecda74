package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;

/** Keeps a gateway from looking at QEMU for a while: it looks every few seconds and after events, whatever a test is about to do. */
final class HeldLooks implements CrashHook {
    private boolean held;
    private boolean looking;

    @Override
    public synchronized void at(CrashPoint point) {
        if (point == CrashPoint.AFTER_LOOK) {
            looking = false;
            notifyAll();
        } else if (point == CrashPoint.BEFORE_LOOK) {
            awaitLetGo();
            looking = true;
        }
    }

    /** Waits for the end of a look that has begun; there is no other until {@link #letGo}. */
    synchronized void hold() {
        held = true;
        try {
            long end = System.nanoTime() + Rig.TIME_MAX.toNanos();
            while (looking) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("a look has not ended for " + Rig.TIME_MAX);
                }
                wait(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    synchronized void letGo() {
        held = false;
        notifyAll();
    }

    /** Whoever stops the gateway meanwhile need not wait. */
    private void awaitLetGo() {
        try {
            while (held) {
                wait();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
