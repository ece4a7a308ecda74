package dev.tidemark.coordinator.endtoend;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.cli.ServeOptions;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.testkit.ReservedPort;
import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One coordinator for all end-to-end tests of this process; each test has machines of its own. */
final class Site implements AutoCloseable {
    private static final AtomicInteger MACHINES = new AtomicInteger();

    private final ShortDirectory directory = ShortDirectory.create();
    private final Map<RepositoryName, Path> repositories =
            Map.of(new RepositoryName("second"), directory.resolve("second"));
    private final ReservedPort webhookPort = new ReservedPort();
    private LocalCoordinator coordinator;

    private Site() {
        try {
            Files.createDirectory(targets());
            for (Path repository : repositories.values()) {
                Files.createDirectory(repository);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        coordinator = started();
    }

    private LocalCoordinator started() {
        return LocalCoordinator.start(
                home(),
                repositories,
                allowedTargets(),
                new ServeOptions.WebhookReceivers(
                        List.of(AllowedReceivers.prefix("http://127.0.0.1:" + webhookPort.number())), List.of()));
    }

    /** Where events may be sent, and where nobody listens yet. */
    int webhookPort() {
        return webhookPort.number();
    }

    /** Hands the site to tests that ask for it. */
    static final class Shared implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Site.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Site.class))
                    .computeIfAbsent(Site.class, key -> new Site(), Site.class);
        }
    }

    /** Sockets of NBD servers in {@link #targets}, and devices; nothing else. */
    private List<TargetPrefix> allowedTargets() {
        return List.of(new TargetPrefix("nbd+unix:" + targets()), new TargetPrefix("/dev"));
    }

    /** Where servers may listen that the gateway may write to. */
    Path targets() {
        return directory.resolve("targets");
    }

    static String freshName() {
        return "vm" + MACHINES.incrementAndGet();
    }

    Path home() {
        return directory.resolve("home");
    }

    Api api() {
        return new Api(home());
    }

    Path repository(String name) {
        return name.equals("default") ? home().resolve("repositories/default") : directory.resolve(name);
    }

    /** An empty directory that goes with the site. */
    Path fresh(String name) {
        return directory.resolve(name + "-" + MACHINES.incrementAndGet());
    }

    void stop() {
        coordinator.close();
    }

    void start() {
        coordinator = started();
    }

    /** A clean stop and a new start; QEMU goes on. */
    void restart() {
        stop();
        start();
    }

    @Override
    public void close() {
        stop();
        webhookPort.close();
        Stage.delete(directory.path());
    }
}
