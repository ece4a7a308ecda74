package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * What is to be measured.
 *
 * @param names of benchmarks; none means all
 * @param count how often; empty leaves it to the benchmark
 */
public record BenchOptions(List<String> names, OutputFormat format, OptionalInt count, Copying copying, Scale scale) {
    /**
     * What benchmarks that copy a disk take besides.
     *
     * @param rounds in which everything takes its turn once; for all benchmarks that have rounds
     * @param size of the disk, in bytes
     * @param data how much of it holds data, in bytes
     * @param directory where disk, copies and backups lie while it runs
     */
    public record Copying(int rounds, long size, long data, Path directory) {}

    /**
     * How much there is of what benchmarks of many machines take.
     *
     * @param writers that append at a time
     * @param daemons that are looked at
     * @param machines in the log of a large fleet
     */
    public record Scale(int writers, int daemons, int machines) {}
}
