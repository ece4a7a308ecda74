package dev.tidemark.coordinator.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a server tells those who run it.
 *
 * @param metricsPort where a gateway serves its figures on the loopback address; empty for nowhere
 * @param traces where spans are sent by OTLP/HTTP; empty for nowhere
 * @param traceHeaders the file of what is shown there, which may be a secret
 */
public record Monitoring(LogFormat log, OptionalInt metricsPort, Optional<URI> traces, Optional<Path> traceHeaders) {
    /** A log for people, and no more. */
    public static final Monitoring USUAL =
            new Monitoring(LogFormat.TEXT, OptionalInt.empty(), Optional.empty(), Optional.empty());
}
