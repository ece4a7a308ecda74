package dev.tidemark.coordinator.cli;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much patience a gateway has with a job that stands still. */
class StallOption {
    @Option(
            names = "--stall-limit",
            paramLabel = "TIME",
            description = "A backup that copies nothing for so long is ended and has failed: 10m if not given.")
    private @Nullable LeaseTime limit;

    Optional<Duration> limit() {
        return Optional.ofNullable(limit).map(time -> Duration.ofSeconds(time.seconds()));
    }
}
