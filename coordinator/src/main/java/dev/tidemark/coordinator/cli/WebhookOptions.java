package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.Network;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a coordinator may send events. */
final class WebhookOptions {
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

    ServeOptions.WebhookReceivers receivers() {
        try {
            List<URI> allowed = prefixes.stream().map(AllowedReceivers::prefix).toList();
            return new ServeOptions.WebhookReceivers(
                    allowed, networks.stream().map(Network::parse).toList());
        } catch (IllegalArgumentException malformed) {
            throw Session.misuse("--allow-webhook: " + malformed.getMessage());
        }
    }
}
