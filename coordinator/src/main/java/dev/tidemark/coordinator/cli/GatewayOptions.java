package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import dev.tidemark.schema.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a gateway on a hypervisor is to run.
 *
 * @param coordinators http or https, with a host; any of them serves any request
 * @param repositories absolute, in the order of the command line
 * @param home absolute; need not exist
 * @param pulls where it serves pull backups over TCP; empty for unix sockets
 * @param stallLimit for how long a job may copy nothing; empty for what is usual
 * @param allowedTargets devices and NBD servers that it may write to
 * @param tokenFile empty if it shows a certificate
 * @param encryptionKeys key files of repositories, the one for what is written first
 * @param guard how it guards this host
 * @param monitoring what it tells those who run it
 * @param tls whom it believes, and what certificate it shows
 * @param takeOver it has the host at once, whoever serves it now
 */
public record GatewayOptions(
        List<URI> coordinators,
        HostName host,
        Optional<Path> tokenFile,
        Map<RepositoryName, Path> repositories,
        Path home,
        Optional<PullListening> pulls,
        Optional<Duration> stallLimit,
        List<TargetPrefix> allowedTargets,
        Map<RepositoryName, List<Path>> encryptionKeys,
        HostGuard guard,
        Monitoring monitoring,
        ClientTls tls,
        boolean takeOver) {
    public GatewayOptions {
        coordinators = List.copyOf(coordinators);
        allowedTargets = List.copyOf(allowedTargets);
    }
}
