package dev.tidemark.sabotage.coordinator.chain;

import dev.tidemark.sabotage.coordinator.view.Seen;

public final class UsesAnotherRoom {
    public Seen seen() {
        return new Seen();
    }
}
