package dev.tidemark.sabotage.coordinator.chain;

import java.util.UUID;

public final class ThrowsDice {
    public UUID id() {
        return UUID.randomUUID();
    }
}
