package dev.tidemark.coordinator.cli;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a server tells those who run it.
 *
 * @param metricsPort where a gateway serves its figures on the loopback address; empty for nowhere
 * @param traces where spans are sent by OTLP/HTTP; empty for nowhere
 */
public record Monitoring(LogFormat log, OptionalInt metricsPort, Optional<URI> traces) {
    /** A log for people, and no more. */
    public static final Monitoring USUAL = new Monitoring(LogFormat.TEXT, OptionalInt.empty(), Optional.empty());
}
