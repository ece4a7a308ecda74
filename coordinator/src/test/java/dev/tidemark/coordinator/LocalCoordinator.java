package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.Access;
import dev.tidemark.coordinator.cli.HostGuard;
import dev.tidemark.coordinator.cli.Monitoring;
import dev.tidemark.coordinator.cli.PullListening;
import dev.tidemark.coordinator.cli.ServeOptions;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A coordinator in this process, for tests that only use its public interface. */
public final class LocalCoordinator implements AutoCloseable {
    private final CoordinatorServer server;

    private LocalCoordinator(CoordinatorServer server) {
        this.server = server;
    }

    /** As {@code tidemark serve --home HOME --port 0} with more repositories. */
    public static LocalCoordinator start(Path home, Map<RepositoryName, Path> repositories) {
        return start(home, repositories, List.of());
    }

    /** As {@code tidemark serve --home HOME --port 0 --allow-target …}. */
    public static LocalCoordinator start(
            Path home, Map<RepositoryName, Path> repositories, List<TargetPrefix> allowedTargets) {
        try {
            return new LocalCoordinator(CoordinatorServer.start(new ServeOptions(
                    home,
                    0,
                    "127.0.0.1",
                    Optional.empty(),
                    Optional.empty(),
                    repositories,
                    Optional.of(new HostName("here")),
                    true,
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    allowedTargets,
                    Map.of(),
                    HostGuard.USUAL,
                    Monitoring.USUAL,
                    Optional.empty(),
                    RequestLimits.USUAL,
                    Access.TOKENS,
                    ServeOptions.WebhookReceivers.NONE)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As {@code tidemark serve --home HOME --port 0 --encryption-key …}. */
    public static LocalCoordinator startEncrypted(
            Path home, Map<RepositoryName, Path> repositories, Map<RepositoryName, List<Path>> encryptionKeys) {
        try {
            return new LocalCoordinator(CoordinatorServer.start(new ServeOptions(
                    home,
                    0,
                    "127.0.0.1",
                    Optional.empty(),
                    Optional.empty(),
                    repositories,
                    Optional.of(new HostName("here")),
                    true,
                    Optional.empty(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.empty(),
                    List.of(),
                    encryptionKeys,
                    HostGuard.USUAL,
                    Monitoring.USUAL,
                    Optional.empty(),
                    RequestLimits.USUAL,
                    Access.TOKENS,
                    ServeOptions.WebhookReceivers.NONE)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As {@code tidemark serve --home HOME --port 0 --pull-ports …}. */
    public static LocalCoordinator start(Path home, PullListening pulls) {
        try {
            return new LocalCoordinator(CoordinatorServer.start(new ServeOptions(
                    home,
                    0,
                    "127.0.0.1",
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    Optional.of(new HostName("here")),
                    true,
                    Optional.of(pulls),
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
                    ServeOptions.WebhookReceivers.NONE)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As {@code tidemark serve --home HOME --port 0 --no-gateway}. */
    public static LocalCoordinator startWithoutGateway(Path home) {
        try {
            return new LocalCoordinator(CoordinatorServer.start(new ServeOptions(
                    home,
                    0,
                    "127.0.0.1",
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    Optional.of(new HostName("here")),
                    false)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
