package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.Network;
import dev.tidemark.coordinator.webhook.Patience;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a coordinator may send events. */
final class WebhookOptions {
    private static final int ATTEMPTS_MOST = 100;

    @Option(
            names = "--allow-webhook",
            paramLabel = "PREFIX",
            description = "Where webhooks may send to: https://HOST[:PORT][/PATH], or http://127.0.0.1:PORT; may be"
                    + " repeated.")
    private List<String> prefixes = List.of();

    @Option(
            names = "--allow-webhook-network",
            paramLabel = "NETWORK",
            description =
                    "Addresses that are not public to which their names may lead, as 10.1.0.0/16; may be repeated.")
    private List<String> networks = List.of();

    @Option(
            names = "--webhook-attempts",
            paramLabel = "N",
            description = "After so many an event that a receiver does not accept is a dead letter: 1 to 100, 16 if not"
                    + " given.")
    private @Nullable Integer attempts;

    @Option(
            names = "--webhook-pause",
            paramLabel = "TIME",
            description = "The pause after the first attempt, doubled after each further one up to an hour: 5s if not"
                    + " given.")
    private @Nullable LeaseTime pause;

    private Patience patience() {
        Patience patience = Patience.USUAL;
        if (attempts != null) {
            patience = patience.trying(attempts);
        }
        return pause == null ? patience : patience.pausing(Duration.ofSeconds(pause.seconds()));
    }

    ServeOptions.WebhookReceivers receivers() {
        if (attempts != null && (attempts < 1 || attempts > ATTEMPTS_MOST)) {
            throw Session.misuse("--webhook-attempts: 1 to " + ATTEMPTS_MOST);
        }
        try {
            List<URI> allowed = prefixes.stream().map(AllowedReceivers::prefix).toList();
            return new ServeOptions.WebhookReceivers(
                    allowed, networks.stream().map(Network::parse).toList(), patience());
        } catch (IllegalArgumentException malformed) {
            throw Session.misuse("--allow-webhook: " + malformed.getMessage());
        }
    }
}
