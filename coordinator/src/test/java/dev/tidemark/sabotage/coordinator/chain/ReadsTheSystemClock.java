package dev.tidemark.sabotage.coordinator.chain;

public final class ReadsTheSystemClock {
    public long time() {
        return System.nanoTime();
    }
}
