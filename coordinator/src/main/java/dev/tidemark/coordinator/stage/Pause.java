package dev.tidemark.coordinator.stage;

import java.util.concurrent.TimeUnit;

/** A wait for other processes, of which nothing tells us. */
public final class Pause {
    private Pause() {}

    public static void milliseconds(long time) {
        try {
            TimeUnit.MILLISECONDS.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", interrupted);
        }
    }
}
