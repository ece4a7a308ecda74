package dev.tidemark.sabotage.gateway.act;

import dev.tidemark.sabotage.coordinator.view.Seen;

public final class KnowsTheCoordinator {
    public Seen seen() {
        return new Seen();
    }
}
