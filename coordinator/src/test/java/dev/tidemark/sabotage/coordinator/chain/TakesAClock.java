package dev.tidemark.sabotage.coordinator.chain;

import java.time.Clock;

public final class TakesAClock {
    public boolean late(Clock clock) {
        return clock.millis() > 0;
    }
}
