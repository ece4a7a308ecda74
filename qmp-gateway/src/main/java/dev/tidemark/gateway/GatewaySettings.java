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
 * other's machines (I14). What is written to a repository for which there are {@code keys} is encrypted.
 */
public record GatewaySettings(
        HostName host,
        Map<RepositoryName, Path> repositories,
        Map<RepositoryName, KeyRing> keys,
        Path lockDirectory,
        Serving serving,
        Bounds bounds,
        Patience patience) {
    /**
     * Where clients pull: on unix sockets, unless there are {@code tcp} exports. What they write to restore points is kept in
     * {@code scratchDirectory}, which no other gateway may have.
     */
    public record Serving(Optional<TcpExports> tcp, Path scratchDirectory) {}

    /**
     * What it does not go beyond: it talks to {@code peers} alone, within {@code limits}, writes to no device and no NBD server but
     * {@code targets}, and restores to files below {@code restoreRoots}, or anywhere if there are none.
     */
    public record Bounds(QmpLimits limits, PeerUsers peers, List<TargetPrefix> targets, List<Path> restoreRoots) {
        /** The deny-by-default ones. */
        public static final Bounds USUAL = new Bounds(QmpLimits.defaults(), PeerUsers.usual(), List.of(), List.of());

        public Bounds {
            targets = List.copyOf(targets);
            restoreRoots = List.copyOf(restoreRoots);
        }
    }

    /**
     * For how long it waits. {@code transaction} is generous, because a transaction drains all I/O first (qemu-facts §0.8);
     * {@code look} is how long a machine is left alone when nothing happens, {@code stall} for how long a job that copies may stand
     * still: longer than a storage array takes to fail over, and shorter than a backup window.
     */
    public record Patience(Duration query, Duration transaction, Duration look, Duration stall) {
        public static final Patience USUAL = new Patience(
                Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMinutes(10));

        /** With other time-outs for a question and for a transaction. */
        public Patience answering(Duration query, Duration transaction) {
            return new Patience(query, transaction, look, stall);
        }

        /** With more or less of it for a job that stands still. */
        public Patience stalling(Duration stall) {
            return new Patience(query, transaction, look, stall);
        }
    }

    public GatewaySettings {
        repositories = Map.copyOf(repositories);
        keys = Map.copyOf(keys);
    }

    /** Without keys, that serves on unix sockets, within the usual bounds and with the usual patience. */
    public static GatewaySettings of(HostName host, Map<RepositoryName, Path> repositories, Path lockDirectory) {
        return new GatewaySettings(
                host,
                repositories,
                Map.of(),
                lockDirectory,
                new Serving(Optional.empty(), lockDirectory.resolve("scratch").resolve(host.value())),
                Bounds.USUAL,
                Patience.USUAL);
    }

    /** Where machines serve what clients pull; beside the locks, because whoever takes a machine over has to find it. */
    public Path exportDirectory() {
        return lockDirectory.resolve("exports");
    }

    /** With other patience. */
    public GatewaySettings with(Patience other) {
        return new GatewaySettings(host, repositories, keys, lockDirectory, serving, bounds, other);
    }

    /** That serves elsewhere. */
    public GatewaySettings with(Serving other) {
        return new GatewaySettings(host, repositories, keys, lockDirectory, other, bounds, patience);
    }
}
