package dev.tidemark.coordinator.webhook;

import dev.tidemark.coordinator.ledger.WebhookRow;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts an event into a signed request and has it sent. */
final class Envelope {
    private final Post post;
    private final SealingKey key;
    private final Clock clock;

    Envelope(Post post, SealingKey key, Clock clock) {
        this.post = post;
        this.key = key;
        this.clock = clock;
    }

    Answer send(WebhookRow webhook, CloudEvent event) {
        List<byte[]> secrets = new ArrayList<>();
        Optional<byte[]> newest = key.open(webhook.id(), webhook.secret());
        if (newest.isEmpty()) {
            return new Answer.NotSent("its secret was sealed with another webhook.key than this coordinator has");
        }
        secrets.add(newest.get());
        webhook.formerSecret().flatMap(former -> key.open(webhook.id(), former)).ifPresent(secrets::add);
        byte[] body = event.bytes();
        long timestamp = clock.instant().getEpochSecond();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", CloudEvent.MEDIA_TYPE);
        headers.put("webhook-id", event.id());
        headers.put("webhook-timestamp", Long.toString(timestamp));
        headers.put("webhook-signature", Signatures.of(event.id(), timestamp, body, secrets));
        return post.send(webhook.url(), headers, body);
    }
}
