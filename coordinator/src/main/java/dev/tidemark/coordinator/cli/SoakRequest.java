package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import java.util.OptionalLong;

/**
 * How long a soak is to be.
 *
 * @param minutes in which faults are injected; the judgement of what was left comes on top
 * @param seed empty for a new one, which is then told
 */
public record SoakRequest(int minutes, OptionalLong seed, OutputFormat format) {}
