package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is to be measured.
 *
 * @param names of benchmarks; none means all
 * @param count how often; empty leaves it to the benchmark
 */
public record BenchOptions(List<String> names, OutputFormat format, OptionalInt count) {}
