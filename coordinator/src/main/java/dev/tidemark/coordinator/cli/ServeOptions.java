package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.webhook.Network;
import dev.tidemark.coordinator.webhook.Patience;
import dev.tidemark.schema.id.HostName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a coordinator is to run.
 *
 * @param home absolute; need not exist
 * @param host what this hypervisor is called; empty for the system's host name
 * @param gateway whether to embed one
 * @param work what that gateway may do here
 * @param monitoring what it tells those who run it
 * @param heads where signed heads go
 * @param webhooks where events may be sent
 * @param gateways what is granted to gateways, the embedded one too
 */
public record ServeOptions(
        Path home,
        Endpoint endpoint,
        DatabaseChoice database,
        Optional<HostName> host,
        boolean gateway,
        HostWork work,
        Jobs jobs,
        Monitoring monitoring,
        HeadPlaces heads,
        WebhookReceivers webhooks,
        Gateways gateways) {
    /**
     * Where requests are answered, and whose.
     *
     * @param port 0 to 65535; 0 lets the system choose
     * @param access how callers get in
     * @param limits how much one caller may take
     */
    public record Endpoint(int port, String bind, Access access, RequestLimits limits) {
        /** A port that the system chooses, for callers on this host that show a token. */
        public static final Endpoint ANY_PORT = new Endpoint(0, "127.0.0.1", Access.TOKENS, RequestLimits.USUAL);
    }

    /**
     * Where the log is.
     *
     * @param url empty for the embedded database
     */
    public record DatabaseChoice(Optional<String> url, Optional<Path> passwordFile) {
        /** In the home. */
        public static final DatabaseChoice EMBEDDED = new DatabaseChoice(Optional.empty(), Optional.empty());
    }

    /** How many backups and verifications are at work at a time on a host, and in a repository; empty for what is usual. */
    public record Jobs(OptionalInt perHost, OptionalInt perRepository) {
        /** What is usual. */
        public static final Jobs USUAL = new Jobs(OptionalInt.empty(), OptionalInt.empty());
    }

    /**
     * What is granted to gateways.
     *
     * @param lease another gateway has the host of one that has gone after so long; a coordinator that is missed is found again before
     */
    public record Gateways(Duration lease) {
        /** Below it a gateway that waits for its coordinator's database for a moment would have lost its host. */
        public static final Duration LEASE_MIN = Duration.ofSeconds(3);

        /** For so long nobody would look after the machines of a host whose gateway has gone. */
        public static final Duration LEASE_MAX = Duration.ofMinutes(10);

        /** Twenty seconds. */
        public static final Gateways USUAL = new Gateways(Duration.ofSeconds(20));

        public Gateways {
            if (lease.compareTo(LEASE_MIN) < 0 || lease.compareTo(LEASE_MAX) > 0) {
                throw new IllegalArgumentException("a lease of " + lease + " is not " + LEASE_MIN + " to " + LEASE_MAX);
            }
        }
    }

    /**
     * The beginnings of URLs, and networks that are not public to which their names may lead.
     *
     * @param patience with those that do not accept
     */
    public record WebhookReceivers(List<URI> prefixes, List<Network> networks, Patience patience) {
        /** No events leave the house. */
        public static final WebhookReceivers NONE = new WebhookReceivers(List.of(), List.of());

        /** With the patience that is usual. */
        public WebhookReceivers(List<URI> prefixes, List<Network> networks) {
            this(prefixes, networks, Patience.USUAL);
        }

        public WebhookReceivers {
            prefixes = List.copyOf(prefixes);
            networks = List.copyOf(networks);
        }
    }
}
