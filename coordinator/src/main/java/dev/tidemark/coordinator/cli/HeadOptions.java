package dev.tidemark.coordinator.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where signed heads go. */
final class HeadOptions {
    @Option(
            names = "--heads",
            paramLabel = "DIR",
            description = "Where the signed heads of the log are appended; evidence in the home if not given.")
    private @Nullable Path directory;

    @Option(
            names = "--heads-syslog",
            paramLabel = "SOCKET",
            description = "Tell the system log of each head, too: /dev/log as a rule. docs/audit.md")
    private @Nullable Path systemLog;

    HeadPlaces places() {
        return new HeadPlaces(Optional.ofNullable(directory), Optional.ofNullable(systemLog));
    }
}
