package dev.tidemark.sabotage.coordinator.dispatch;

import dev.tidemark.sabotage.coordinator.view.Seen;

public final class CallsTheView {
    public Seen forth() {
        return new Seen();
    }
}
