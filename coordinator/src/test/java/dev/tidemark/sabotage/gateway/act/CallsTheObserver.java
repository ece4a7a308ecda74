package dev.tidemark.sabotage.gateway.act;

import dev.tidemark.sabotage.gateway.observe.Observer;

public final class CallsTheObserver {
    public Observer forth() {
        return new Observer();
    }
}
