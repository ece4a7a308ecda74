package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ends the passing thread at a point, once, as a crash would: nothing that catches exceptions may see it. */
final class Crashes implements CrashHook {
    private final CrashPoint point;
    private final CountDownLatch crashed = new CountDownLatch(1);
    private final Map<CrashPoint, Integer> passed = new EnumMap<>(CrashPoint.class);

    Crashes(CrashPoint point) {
        this.point = point;
    }

    /** What ends the thread. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(CrashPoint point) {
            super("crash on purpose at " + point, null, false, false);
        }
    }

    @Override
    public void at(CrashPoint reached) {
        synchronized (passed) {
            passed.merge(reached, 1, Integer::sum);
        }
        if (reached == point && crashed.getCount() > 0) {
            crashed.countDown();
            throw new Crash(point);
        }
    }

    void awaitCrash() {
        try {
            if (!crashed.await(Rig.TIME_MAX.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(point + " was not reached");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    int passed(CrashPoint counted) {
        synchronized (passed) {
            return passed.getOrDefault(counted, 0);
        }
    }
}
