package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a user calls a webhook. */
public record WebhookName(@JsonValue String value) {
    @JsonCreator
    public WebhookName {
        Rule.name("webhook name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
