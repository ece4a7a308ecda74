package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.webhook.Network;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a coordinator is to run.
 *
 * @param home absolute; need not exist
 * @param port 0 to 65535; 0 lets the system choose
 * @param databaseUrl empty for the embedded database
 * @param repositories those that were named, absolute, in the order of the command line; {@code default} is not implied
 * @param host what this hypervisor is called; empty for the system's host name
 * @param gateway whether to embed one
 * @param pulls where it serves pull backups over TCP; empty for unix sockets
 * @param jobsPerHost how many backups and verifications are at work on a host at a time, and in a repository; empty for what is usual
 * @param stallLimit for how long a job may copy nothing; empty for what is usual
 * @param allowedTargets devices and NBD servers that its gateway may write to
 * @param encryptionKeys key files of repositories, the one for what is written first
 * @param guard how its gateway guards this host
 * @param monitoring what it tells those who run it
 * @param heads where signed heads are written; empty for the home
 * @param limits how much one caller may take
 * @param access how callers get in
 * @param webhooks where events may be sent
 */
public record ServeOptions(
        Path home,
        int port,
        String bind,
        Optional<String> databaseUrl,
        Optional<Path> databasePasswordFile,
        Map<RepositoryName, Path> repositories,
        Optional<HostName> host,
        boolean gateway,
        Optional<PullListening> pulls,
        OptionalInt jobsPerHost,
        OptionalInt jobsPerRepository,
        Optional<Duration> stallLimit,
        List<TargetPrefix> allowedTargets,
        Map<RepositoryName, List<Path>> encryptionKeys,
        HostGuard guard,
        Monitoring monitoring,
        Optional<Path> heads,
        RequestLimits limits,
        Access access,
        WebhookReceivers webhooks) {
    public ServeOptions {
        allowedTargets = List.copyOf(allowedTargets);
    }

    /** The beginnings of URLs, and networks that are not public to which their names may lead. */
    public record WebhookReceivers(List<URI> prefixes, List<Network> networks) {
        /** No events leave the house. */
        public static final WebhookReceivers NONE = new WebhookReceivers(List.of(), List.of());

        public WebhookReceivers {
            prefixes = List.copyOf(prefixes);
            networks = List.copyOf(networks);
        }
    }

    /** That serves pull backups on unix sockets, with the usual limits. */
    public ServeOptions(
            Path home,
            int port,
            String bind,
            Optional<String> databaseUrl,
            Optional<Path> databasePasswordFile,
            Map<RepositoryName, Path> repositories,
            Optional<HostName> host,
            boolean gateway) {
        this(
                home,
                port,
                bind,
                databaseUrl,
                databasePasswordFile,
                repositories,
                host,
                gateway,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                HostGuard.USUAL,
                Monitoring.USUAL,
                Optional.empty(),
                RequestLimits.USUAL,
                Access.TOKENS,
                WebhookReceivers.NONE);
    }
}
