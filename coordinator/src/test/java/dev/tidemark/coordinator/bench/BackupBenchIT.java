package dev.tidemark.coordinator.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tidemark.coordinator.CoordinatorBench;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A benchmark that times broken copies is worthless: each of its six copies is compared, and the comparison can fail. */
@SuppressWarnings("NullAway.Init")
class BackupBenchIT {
    private static final int FROM_THE_END = 1000;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void six_copies_are_measured_and_each_comparison_sees_one_wrong_bit() {
        List<Turn> seen = new ArrayList<>();
        // when
        int code = run((turn, copy, comparison) -> {
            seen.add(turn);
            assertThat(comparison.test(copy)).as("%s as it was made", turn).isTrue();
            flip(copy);
            assertThat(comparison.test(copy)).as("%s with a wrong bit", turn).isFalse();
            flip(copy);
        });
        // then
        assertThat(code).as(err.toString()).isZero();
        assertThat(seen).containsExactly(Turn.values());
        JsonNode rows = Json.MAPPER.readTree(out.toString()).path("bench");
        assertThat(rows.size()).isEqualTo(6);
        for (JsonNode row : rows) {
            assertThat(row.propertyNames())
                    .containsExactlyInAnyOrder("name", "floor", "measured", "ratio", "unit", "detail");
            assertThat(row.path("floor").asDouble(0))
                    .isPositive()
                    .isEqualTo(rows.path(0).path("measured").asDouble(0));
            assertThat(row.path("ratio").asDouble(0) * row.path("floor").asDouble(0))
                    .isCloseTo(row.path("measured").asDouble(0), within(1e-9));
            assertThat(row.path("unit").asString("")).isEqualTo("s");
        }
        assertThat(rows.valueStream().map(row -> row.path("name").asString("")))
                .containsExactlyElementsOf(
                        Arrays.stream(Turn.values()).map(Turn::title).toList());
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_wrong_copy_ends_the_benchmark_without_a_figure_and_nothing_is_left() {
        assertThatThrownBy(() -> run((turn, copy, comparison) -> {
                    if (turn == Turn.FULL) {
                        flip(copy);
                    }
                }))
                .isInstanceOf(StageFailure.class)
                .hasMessageStartingWith("full backup: ");
        assertThat(out.toString()).isEmpty();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_disk_that_does_not_fit_is_refused_before_anything_is_written() {
        // when
        int code =
                Bench.run(options(1L << 50), new CoordinatorBench(), new PrintWriter(out), new PrintWriter(err, true));
        // then
        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).startsWith("error: " + directory + " has ").contains(" MiB are needed");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_directory_that_is_none_is_refused() throws IOException {
        directory = Files.createFile(directory.resolve("file"));
        // when
        int code =
                Bench.run(options(1L << 20), new CoordinatorBench(), new PrintWriter(out), new PrintWriter(err, true));
        // then
        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("is no directory that can be written to");
    }

    private int run(BackupBench.Witness witness) {
        return Bench.run(
                options(32L << 20), new CoordinatorBench(), new PrintWriter(out), new PrintWriter(err, true), witness);
    }

    private BenchOptions options(long data) {
        return new BenchOptions(
                List.of("backup"),
                OutputFormat.JSON,
                OptionalInt.empty(),
                new BenchOptions.Copying(1, 2 * data, data, directory),
                new BenchOptions.Scale(1, 1, 1));
    }

    /** One bit in the last cluster, which holds data. */
    private static void flip(Path copy) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "rw")) {
            long place = file.length() - FROM_THE_END;
            file.seek(place);
            int old = file.read();
            file.seek(place);
            file.write(old ^ 1);
        }
    }
}
