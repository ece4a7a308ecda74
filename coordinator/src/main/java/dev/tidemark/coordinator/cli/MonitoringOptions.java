package dev.tidemark.coordinator.cli;

import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** What a server tells those who run it. */
class MonitoringOptions {
    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "How the log is written: text, or json for a JSON object a line (text).")
    private LogFormat log = LogFormat.TEXT;

    Monitoring monitoring(OptionalInt metricsPort) {
        return new Monitoring(log, metricsPort);
    }
}
