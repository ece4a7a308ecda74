package dev.tidemark.coordinator.drill;

import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What JVMs remember of an earlier start of the same program, so that the many starts of a drill cost half as much. */
record StartUpCache(Path coordinator, Path gateway) {
    private static final String WRITE = "-XX:AOTCacheOutput=";
    private static final String USE = "-XX:AOTCache=";

    /** Plays a little and keeps what the JVMs learned; empty where it cannot be kept. */
    static Optional<StartUpCache> learnedIn(Stage stage) throws IOException {
        StartUpCache cache = new StartUpCache(
                stage.directory().resolve("coordinator.aot"), stage.directory().resolve("gateway.aot"));
        if (!Stage.isProgramCacheable()) {
            return Optional.empty();
        }
        try (Cast cast = Cast.start(cache.options(WRITE, cache.coordinator), cache.options(WRITE, cache.gateway))) {
            new Play(cast, 0).rehearse(new Random(0));
            cast.stopInOrder();
        }
        return Files.exists(cache.coordinator) && Files.exists(cache.gateway) ? Optional.of(cache) : Optional.empty();
    }

    List<String> coordinatorOptions() {
        return options(USE, coordinator);
    }

    List<String> gatewayOptions() {
        return options(USE, gateway);
    }

    private List<String> options(String verb, Path file) {
        List<String> options = new ArrayList<>();
        options.add(verb + file);
        // Whatever is wrong with a cache, the JVM starts without it: that is not worth a word.
        options.add("-Xlog:disable");
        return options;
    }
}
