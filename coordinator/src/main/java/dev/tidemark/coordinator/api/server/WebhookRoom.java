package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.webhook.WebhookDesk;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** Lets the interface see to webhooks; without it events go nowhere. */
public record WebhookRoom(WebhookDesk desk) implements ApplicationContextInitializer<GenericApplicationContext> {
    @Override
    public void initialize(GenericApplicationContext beans) {
        // Closed by whoever opened it.
        beans.registerBean(WebhookDesk.class, () -> desk, definition -> definition.setDestroyMethodName(""));
    }
}
