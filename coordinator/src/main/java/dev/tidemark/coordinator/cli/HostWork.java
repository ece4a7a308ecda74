package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a gateway may do on its host, and how patiently.
 *
 * @param repositories those that were named, absolute, in the order of the command line; {@code default} is not implied
 * @param pulls where it serves pull backups over TCP; empty for unix sockets
 * @param stallLimit for how long a job may copy nothing; empty for what is usual
 * @param allowedTargets devices and NBD servers that it may write to
 * @param encryptionKeys key files of repositories, the one for what is written first
 * @param guard how it guards this host
 */
public record HostWork(
        Map<RepositoryName, Path> repositories,
        Optional<PullListening> pulls,
        Optional<Duration> stallLimit,
        List<TargetPrefix> allowedTargets,
        Map<RepositoryName, List<Path>> encryptionKeys,
        HostGuard guard) {
    /** In no repository but the one that every home has, and with the usual limits. */
    public static final HostWork USUAL = of(Map.of());

    public HostWork {
        allowedTargets = List.copyOf(allowedTargets);
    }

    /** In these repositories, with the usual limits. */
    public static HostWork of(Map<RepositoryName, Path> repositories) {
        return new HostWork(repositories, Optional.empty(), Optional.empty(), List.of(), Map.of(), HostGuard.USUAL);
    }
}
