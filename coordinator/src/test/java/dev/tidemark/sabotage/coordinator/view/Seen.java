package dev.tidemark.sabotage.coordinator.view;

import dev.tidemark.sabotage.coordinator.dispatch.CallsTheView;

public final class Seen {
    public Object back() {
        return new CallsTheView();
    }
}
