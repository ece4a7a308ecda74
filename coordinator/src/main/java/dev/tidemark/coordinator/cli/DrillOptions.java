package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.OutputFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Which drills are to be played.
 *
 * @param listOnly whether they are only to be listed
 * @param names of scenarios, played in this order; none means a set of them
 * @param all whether that set is everything, instead of a quick choice
 * @param subsets with how many of the subsets of victims everything is played at each moment; empty for every one
 * @param seed empty for a new one
 * @param jobs how many at once; empty for as many as there are processors
 * @param html where to write a report
 */
public record DrillOptions(
        boolean listOnly,
        List<String> names,
        boolean all,
        OptionalInt subsets,
        OptionalLong seed,
        OptionalInt jobs,
        Optional<Path> html,
        OutputFormat format) {
    public DrillOptions {
        names = List.copyOf(names);
    }
}
