package dev.tidemark.sabotage.gateway.observe;

import dev.tidemark.sabotage.gateway.act.CallsTheObserver;

public final class Observer {
    public Object back() {
        return new CallsTheObserver();
    }
}
