package dev.tidemark.coordinator;

import dev.tidemark.coordinator.cli.HeadPlaces;
import dev.tidemark.coordinator.cli.HostGuard;
import dev.tidemark.coordinator.cli.HostWork;
import dev.tidemark.coordinator.cli.Monitoring;
import dev.tidemark.coordinator.cli.PullListening;
import dev.tidemark.coordinator.cli.ServeOptions;
import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A coordinator in this process, for tests that only use its public interface. */
public final class LocalCoordinator implements AutoCloseable {
    private final CoordinatorServer server;

    private LocalCoordinator(CoordinatorServer server) {
        this.server = server;
    }

    /** As {@code tidemark serve --home HOME --port 0} with more repositories. */
    public static LocalCoordinator start(Path home, Map<RepositoryName, Path> repositories) {
        return start(home, HostWork.of(repositories), true);
    }

    /** As {@code tidemark serve --home HOME --port 0 --allow-target …}. */
    public static LocalCoordinator start(
            Path home, Map<RepositoryName, Path> repositories, List<TargetPrefix> allowedTargets) {
        return start(
                home,
                new HostWork(
                        repositories, Optional.empty(), Optional.empty(), allowedTargets, Map.of(), HostGuard.USUAL),
                true);
    }

    /** As {@code tidemark serve --home HOME --port 0 --allow-target … --allow-webhook …}. */
    public static LocalCoordinator start(
            Path home,
            Map<RepositoryName, Path> repositories,
            List<TargetPrefix> allowedTargets,
            ServeOptions.WebhookReceivers receivers) {
        return start(
                home,
                ServeOptions.DatabaseChoice.EMBEDDED,
                new HostWork(
                        repositories, Optional.empty(), Optional.empty(), allowedTargets, Map.of(), HostGuard.USUAL),
                true,
                receivers);
    }

    /** As {@code tidemark serve --home HOME --port 0 --encryption-key …}. */
    public static LocalCoordinator startEncrypted(
            Path home, Map<RepositoryName, Path> repositories, Map<RepositoryName, List<Path>> encryptionKeys) {
        return start(
                home,
                new HostWork(
                        repositories, Optional.empty(), Optional.empty(), List.of(), encryptionKeys, HostGuard.USUAL),
                true);
    }

    /** As {@code tidemark serve --home HOME --port 0 --pull-ports …}. */
    public static LocalCoordinator start(Path home, PullListening pulls) {
        return start(
                home,
                new HostWork(Map.of(), Optional.of(pulls), Optional.empty(), List.of(), Map.of(), HostGuard.USUAL),
                true);
    }

    /** As {@code tidemark serve --home HOME --port 0 --no-gateway}. */
    public static LocalCoordinator startWithoutGateway(Path home) {
        return start(home, HostWork.USUAL, false);
    }

    /** As {@code tidemark serve --home HOME --port 0 --no-gateway --allow-webhook …}. */
    public static LocalCoordinator startWithoutGateway(Path home, ServeOptions.WebhookReceivers receivers) {
        return start(home, ServeOptions.DatabaseChoice.EMBEDDED, HostWork.USUAL, false, receivers);
    }

    /** As {@code tidemark serve --home HOME --port 0 --no-gateway --database-url URL --database-password-file FILE}. */
    public static LocalCoordinator startWithoutGateway(Path home, ServerAddress database) {
        return start(
                home,
                new ServeOptions.DatabaseChoice(Optional.of(database.url()), database.ownerPasswordFile()),
                HostWork.USUAL,
                false);
    }

    /** As {@code tidemark serve --home HOME --port 0}, with somebody who sees the start from within. */
    static LocalCoordinator start(Path home, TakingUp.Course course) {
        try {
            return new LocalCoordinator(CoordinatorServer.start(
                    options(
                            home,
                            ServeOptions.DatabaseChoice.EMBEDDED,
                            HostWork.USUAL,
                            true,
                            ServeOptions.WebhookReceivers.NONE),
                    course));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static LocalCoordinator start(Path home, HostWork work, boolean gateway) {
        return start(home, ServeOptions.DatabaseChoice.EMBEDDED, work, gateway);
    }

    private static LocalCoordinator start(
            Path home, ServeOptions.DatabaseChoice database, HostWork work, boolean gateway) {
        return start(home, database, work, gateway, ServeOptions.WebhookReceivers.NONE);
    }

    private static LocalCoordinator start(
            Path home,
            ServeOptions.DatabaseChoice database,
            HostWork work,
            boolean gateway,
            ServeOptions.WebhookReceivers receivers) {
        try {
            return new LocalCoordinator(CoordinatorServer.start(options(home, database, work, gateway, receivers)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static ServeOptions options(
            Path home,
            ServeOptions.DatabaseChoice database,
            HostWork work,
            boolean gateway,
            ServeOptions.WebhookReceivers receivers) {
        return new ServeOptions(
                home,
                ServeOptions.Endpoint.ANY_PORT,
                database,
                Optional.of(new HostName("here")),
                gateway,
                work,
                ServeOptions.Jobs.USUAL,
                Monitoring.USUAL,
                HeadPlaces.HOME,
                receivers,
                ServeOptions.Gateways.USUAL);
    }

    @Override
    public void close() {
        server.close();
    }
}
