package dev.tidemark.sabotage.coordinator.view;

import org.axonframework.eventhandling.EventHandler;

public final class ListensToAxon {
    @EventHandler
    public int on(String event) {
        return event.length();
    }
}
