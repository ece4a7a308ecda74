package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the demonstration is to run.
 *
 * @param keep whether what it made stays behind
 * @param home empty for a throw-away one
 */
public record DemoOptions(OutputFormat format, boolean keep, Optional<Path> home) {}
