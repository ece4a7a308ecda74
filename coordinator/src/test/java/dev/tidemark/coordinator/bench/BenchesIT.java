package dev.tidemark.coordinator.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tidemark.coordinator.CoordinatorBench;
import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.schema.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Each benchmark of many machines runs from its beginning to its end, small, and what it prints are its own figures. */
class BenchesIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void append_compares_with_plain_sql_and_tells_how_fast_the_gateway_is_woken() {
        JsonNode rows = run("append", 20);
        assertThat(names(rows))
                .containsExactly(
                        "append",
                        "append / event alone",
                        "wake-up p50",
                        "wake-up p99",
                        "wake-up over HTTP p50",
                        "wake-up over HTTP p99",
                        "request to wake-up p50",
                        "request to wake-up p99");
        assertThat(rows.path(0).path("measured")).isEqualTo(rows.path(1).path("measured"));
        assertThat(rows.path(3).path("measured").asDouble(0))
                .isGreaterThanOrEqualTo(rows.path(2).path("measured").asDouble(0));
        // The commit lies behind the sending of the request.
        assertThat(rows.path(6).path("measured").asDouble(0))
                .isGreaterThan(rows.path(4).path("measured").asDouble(0));
        assertThat(err.toString())
                .contains("2 writers append 20 events each", "20 commits woke the gateway")
                .contains("20 requests woke the gateway over HTTP");
    }

    @Test
    void replay_compares_with_a_plain_reading_of_the_same_rows() {
        JsonNode rows = run("replay", 300);
        assertThat(names(rows))
                .containsExactly(
                        "replay log", "replay machines", "replay one by one", "load machines", "load one by one");
        assertThat(rows.path(1).path("floor"))
                .isEqualTo(rows.path(2).path("floor"))
                .isEqualTo(rows.path(3).path("floor"))
                .isEqualTo(rows.path(4).path("floor"));
        assertThat(err.toString()).contains("are read in 1 rounds");
    }

    @Test
    void reconcile_compares_with_raw_qmp_and_weighs_the_coordinator() {
        JsonNode rows = run("reconcile", 1);
        assertThat(names(rows)).containsExactly("reconcile", "restart and reconcile", "look p50");
        assertThat(rows.path(1).path("measured").asDouble(0))
                .isGreaterThan(rows.path(0).path("measured").asDouble(0));
        assertThat(rows.path(0).path("detail").asString("")).containsPattern("2 daemons, \\d+ MiB resident");
    }

    @Test
    void a_fleet_is_shown_and_listed_as_a_whole() {
        JsonNode rows = run("fleet", 1);
        assertThat(names(rows)).containsExactly("fleet page", "GET /v1/vms", "vm list");
        assertThat(rows.path(0).path("detail").asString("")).contains("60 machines");
    }

    private JsonNode run(String name, int count) {
        int code = Bench.run(
                new BenchOptions(
                        List.of(name),
                        OutputFormat.JSON,
                        OptionalInt.of(count),
                        new BenchOptions.Copying(1, 1, 1, Path.of("/nowhere")),
                        new BenchOptions.Scale(2, 2, 60)),
                new CoordinatorBench(),
                new PrintWriter(out),
                new PrintWriter(err, true));
        assertThat(code).as(err.toString()).isZero();
        JsonNode rows = Json.MAPPER.readTree(out.toString()).path("bench");
        for (JsonNode row : rows) {
            assertThat(row.path("floor").asDouble(0)).as(row.toString()).isPositive();
            assertThat(row.path("measured").asDouble(0)).as(row.toString()).isPositive();
            assertThat(row.path("ratio").asDouble(0) * row.path("floor").asDouble(0))
                    .isCloseTo(row.path("measured").asDouble(0), within(1e-9));
        }
        return rows;
    }

    private static List<String> names(JsonNode rows) {
        return rows.valueStream().map(row -> row.path("name").asString("")).toList();
    }
}
