package dev.tidemark.gateway;

import dev.tidemark.gateway.act.export.TcpExports;
import dev.tidemark.gateway.act.repository.KeyRing;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a gateway is told at its start. All gateways of a host must share {@code lockDirectory}: that is how they keep off each
 * other's machines (I14). {@code transactionTimeout} is generous, because a transaction drains all I/O first (qemu-facts
 * §0.8); {@code lookInterval} is how long a machine is left alone when nothing happens, {@code stallLimit} for how long a job that
 * copies may stand still. What clients pull is served on unix sockets, unless there are {@code tcpExports}; what they write to restore points is kept in
 * {@code scratchDirectory}. It writes to no device and no NBD server but {@code allowedTargets}.
 * What is written to a repository for which there are {@code keys} is encrypted. It talks to {@code peers} alone, and restores to files
 * below {@code restoreRoots}, or anywhere if there are none.
 */
public record GatewaySettings(
        HostName host,
        Map<RepositoryName, Path> repositories,
        Path lockDirectory,
        QmpLimits limits,
        Duration queryTimeout,
        Duration transactionTimeout,
        Duration lookInterval,
        Duration stallLimit,
        Optional<TcpExports> tcpExports,
        Path scratchDirectory,
        List<TargetPrefix> allowedTargets,
        Map<RepositoryName, KeyRing> keys,
        PeerUsers peers,
        List<Path> restoreRoots) {
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(30);

    /** Longer than a storage array takes to fail over, and shorter than a backup window. */
    private static final Duration STALL_LIMIT = Duration.ofMinutes(10);

    public GatewaySettings {
        repositories = Map.copyOf(repositories);
        allowedTargets = List.copyOf(allowedTargets);
        keys = Map.copyOf(keys);
        restoreRoots = List.copyOf(restoreRoots);
    }

    /** That serves what clients pull on unix sockets, with the usual patience. */
    public GatewaySettings(
            HostName host,
            Map<RepositoryName, Path> repositories,
            Path lockDirectory,
            QmpLimits limits,
            Duration queryTimeout,
            Duration transactionTimeout,
            Duration lookInterval) {
        this(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                STALL_LIMIT,
                Optional.empty(),
                lockDirectory.resolve("scratch").resolve(host.value()),
                List.of(),
                Map.of(),
                PeerUsers.usual(),
                List.of());
    }

    /** With the times that suit most hosts. */
    public static GatewaySettings of(HostName host, Map<RepositoryName, Path> repositories, Path lockDirectory) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                QmpLimits.defaults(),
                QUERY_TIMEOUT,
                TRANSACTION_TIMEOUT,
                LOOK_INTERVAL);
    }

    /** Where machines serve what clients pull; beside the locks, because whoever takes a machine over has to find it. */
    public Path exportDirectory() {
        return lockDirectory.resolve("exports");
    }

    /** With another time between two looks at a machine at which nothing happens. */
    public GatewaySettings withLookInterval(Duration interval) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                interval,
                stallLimit,
                tcpExports,
                scratchDirectory,
                allowedTargets,
                keys,
                peers,
                restoreRoots);
    }

    /** With other time-outs for a question and for a transaction. */
    public GatewaySettings withTimeouts(Duration query, Duration transaction) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                query,
                transaction,
                lookInterval,
                stallLimit,
                tcpExports,
                scratchDirectory,
                allowedTargets,
                keys,
                peers,
                restoreRoots);
    }

    /** With more or less patience for a job that stands still. */
    public GatewaySettings withStallLimit(Duration stall) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                stall,
                tcpExports,
                scratchDirectory,
                allowedTargets,
                keys,
                peers,
                restoreRoots);
    }

    /** With other places for what clients pull. */
    public GatewaySettings withTcpExports(Optional<TcpExports> exports) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                stallLimit,
                exports,
                scratchDirectory,
                allowedTargets,
                keys,
                peers,
                restoreRoots);
    }

    /** With another place for what clients write to restore points; no other gateway may have the same. */
    public GatewaySettings withScratchDirectory(Path directory) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                stallLimit,
                tcpExports,
                directory,
                allowedTargets,
                keys,
                peers,
                restoreRoots);
    }

    /** With devices and NBD servers that it may write to. */
    public GatewaySettings withAllowedTargets(List<TargetPrefix> targets) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                stallLimit,
                tcpExports,
                scratchDirectory,
                targets,
                keys,
                peers,
                restoreRoots);
    }

    /** That encrypts what is written to these repositories, and reads what was encrypted. */
    public GatewaySettings withKeys(Map<RepositoryName, KeyRing> rings) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                stallLimit,
                tcpExports,
                scratchDirectory,
                allowedTargets,
                rings,
                peers,
                restoreRoots);
    }

    /** That talks to QEMUs and guest agents of these users. */
    public GatewaySettings withPeers(PeerUsers users) {
        return guarded(users, restoreRoots);
    }

    /** That restores to files below these directories and nowhere else, if there are any. */
    public GatewaySettings withRestoreRoots(List<Path> roots) {
        return guarded(peers, roots);
    }

    private GatewaySettings guarded(PeerUsers users, List<Path> roots) {
        return new GatewaySettings(
                host,
                repositories,
                lockDirectory,
                limits,
                queryTimeout,
                transactionTimeout,
                lookInterval,
                stallLimit,
                tcpExports,
                scratchDirectory,
                allowedTargets,
                keys,
                users,
                roots);
    }
}
