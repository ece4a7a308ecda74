package dev.tidemark.sabotage.coordinator.chain;

import java.time.Instant;

public final class AsksTheTime {
    public Instant time() {
        return Instant.now();
    }
}
