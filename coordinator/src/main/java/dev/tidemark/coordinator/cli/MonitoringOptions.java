package dev.tidemark.coordinator.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server tells those who run it. */
class MonitoringOptions {
    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "How the log is written: text, or json for a JSON object a line (text).")
    private LogFormat log = LogFormat.TEXT;

    @Option(
            names = "--trace-endpoint",
            paramLabel = "URL",
            description = "Send OpenTelemetry traces there, by OTLP/HTTP; else nowhere.")
    private @Nullable URI traces;

    @Option(
            names = "--trace-header-file",
            paramLabel = "FILE",
            description =
                    "Show the receiver of traces these headers, a 'Name: value' a line, out of a file that only its owner"
                            + " can read.")
    private @Nullable Path traceHeaders;

    Monitoring monitoring(OptionalInt metricsPort) {
        if (traceHeaders != null && traces == null) {
            throw Session.misuse("--trace-header-file goes with --trace-endpoint");
        }
        return new Monitoring(
                log,
                metricsPort,
                Optional.ofNullable(traces).map(MonitoringOptions::receiver),
                Optional.ofNullable(traceHeaders));
    }

    /** A secret in it would be read by whoever lists processes. */
    private static URI receiver(URI url) {
        String scheme = String.valueOf(url.getScheme());
        boolean plain = url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null || !plain) {
            throw Session.misuse("--trace-endpoint takes an address like http://collector.example:4318");
        }
        return url;
    }
}
