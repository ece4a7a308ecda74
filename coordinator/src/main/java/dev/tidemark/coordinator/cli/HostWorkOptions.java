package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every gateway is told, whether it runs in a coordinator or by itself. */
@SuppressWarnings("NullAway.Init") // picocli fills them
final class HostWorkOptions {
    @Option(names = "--repository", paramLabel = "NAME=DIR", description = "A repository; may be repeated.")
    private Map<RepositoryName, Path> repositories = new LinkedHashMap<>();

    @Mixin
    private PullOptions pulls;

    @Mixin
    private StallOption stall;

    @Mixin
    private TargetOption targets;

    @Mixin
    private KeyOptions keys;

    @Mixin
    private HostGuardOptions guard;

    HostWork work() {
        return new HostWork(
                repositories, pulls.listening(), stall.limit(), targets.prefixes(), keys.files(), guard.guard());
    }
}
