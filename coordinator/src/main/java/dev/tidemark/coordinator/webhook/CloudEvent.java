package dev.tidemark.coordinator.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.ledger.Position;
import dev.tidemark.coordinator.security.Confidential;
import dev.tidemark.coordinator.view.LoggedEvent;
import dev.tidemark.schema.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 in structured mode. {@code id} is the event's place in the log, the same at every attempt and the same as that of the
 * stream of events; {@code source} is the machine's, by its id, which no other Tidemark has; {@code data} is what the stream tells.
 *
 * @param sequence grows, as text too, from event to event of a webhook; not by one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CloudEvent(
        String specversion,
        String id,
        String source,
        String type,
        @Nullable String subject,
        String time,
        String datacontenttype,
        @Nullable String sequence,
        Object data) {
    static final String MEDIA_TYPE = "application/cloudevents+json; charset=utf-8";
    private static final String VERSION = "1.0";
    private static final String JSON = "application/json";
    private static final String TYPE_PREFIX = "dev.tidemark.";

    /** Never with what opens an NBD export: nobody knows who reads at the other end. */
    static CloudEvent of(LoggedEvent event) {
        return new CloudEvent(
                VERSION,
                Position.of(event.index(), event.eventId()).toString(),
                "urn:tidemark:vm:" + event.vmId(),
                TYPE_PREFIX + event.type(),
                event.vm(),
                event.at(),
                JSON,
                String.format(Locale.ROOT, "%020d", event.index()),
                event.with(Confidential.blank(event.data())));
    }

    /** Of no event of the log: whether everything is right between here and the receiver. */
    static CloudEvent test(String id, String webhook, Instant now) {
        return new CloudEvent(
                VERSION,
                "test-" + id,
                "urn:tidemark:webhook:" + webhook,
                TYPE_PREFIX + "webhook-test",
                null,
                now.toString(),
                JSON,
                null,
                Map.of("webhook", webhook));
    }

    byte[] bytes() {
        return Json.MAPPER.writeValueAsString(this).getBytes(StandardCharsets.UTF_8);
    }
}
