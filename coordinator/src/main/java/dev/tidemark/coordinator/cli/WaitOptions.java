package dev.tidemark.coordinator.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a verb that starts an operation stays. */
class WaitOptions {
    private static final int TIMEOUT_SECONDS_MAX = 31_536_000;

    @Option(names = "--wait", description = "Wait for the outcome and print what came of it (the default).")
    boolean waitAsked;

    @Option(names = "--no-wait", description = "Print the operation and leave.")
    boolean noWait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Wait no longer; the operation goes on, and the exit code is 8.")
    @Nullable
    Integer timeoutSeconds;

    /** Whether to wait. */
    boolean waits() {
        return !noWait;
    }

    /** Refuses what contradicts itself. */
    void check() {
        if (waitAsked && noWait) {
            throw Session.misuse("--wait and --no-wait exclude each other");
        }
        if (timeoutSeconds != null && (timeoutSeconds < 0 || timeoutSeconds > TIMEOUT_SECONDS_MAX)) {
            throw Session.misuse("--timeout takes 0 to " + TIMEOUT_SECONDS_MAX + " seconds");
        }
        if (timeoutSeconds != null && noWait) {
            throw Session.misuse("--timeout and --no-wait exclude each other");
        }
    }
}
