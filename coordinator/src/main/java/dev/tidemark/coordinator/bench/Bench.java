package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.cli.BenchOptions;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs the benchmarks that were named, and prints their rows. */
public final class Bench {
    private static final int USAGE = 2;
    private static final List<String> NAMES = List.of("append", "replay", "checkpoint", "reconcile", "fleet", "backup");

    private Bench() {}

    /** Gives the exit code. */
    public static int run(BenchOptions options, Rooms rooms, PrintWriter out, PrintWriter err) {
        return run(options, rooms, out, err, (turn, copy, comparison) -> {});
    }

    static int run(BenchOptions options, Rooms rooms, PrintWriter out, PrintWriter err, BackupBench.Witness witness) {
        for (String name : options.names()) {
            if (!NAMES.contains(name)) {
                err.println("error: there is no benchmark '" + name + "'; there is: " + String.join(", ", NAMES));
                return USAGE;
            }
        }
        List<Row> rows = new ArrayList<>();
        try {
            for (String name : options.names().isEmpty() ? NAMES : options.names()) {
                rows.addAll(measured(name, options, rooms, err, witness));
            }
        } catch (IOException failure) {
            err.println("error: " + failure.getMessage());
            return 1;
        }
        if (options.format() == OutputFormat.TABLE) {
            out.println(Row.HEADING);
            rows.forEach(row -> out.println(row.text()));
        } else {
            out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("bench", rows)));
        }
        out.flush();
        return 0;
    }

    private static List<Row> measured(
            String name, BenchOptions options, Rooms rooms, PrintWriter err, BackupBench.Witness witness)
            throws IOException {
        try {
            return switch (name) {
                case "append" -> AppendBench.run(rooms, options, err);
                case "replay" -> ReplayBench.run(rooms, options, err);
                case "checkpoint" -> CheckpointBench.run(options.count().orElse(CheckpointBench.COUNT), err);
                case "reconcile" -> ReconcileBench.run(options, err);
                case "fleet" -> FleetBench.run(rooms, options, err);
                case "backup" -> BackupBench.run(options.copying(), err, witness);
                default -> throw new IllegalArgumentException(name);
            };
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** One figure beside its floor. */
    record Row(String name, double floor, double measured, double ratio, String unit, String detail) {
        static final String HEADING = String.format(
                Locale.ROOT, "%-25s %9s %9s %7s %-4s %s", "name", "floor", "measured", "ratio", "unit", "detail");

        static Row of(String name, double floor, double measured, String unit, String detail) {
            return new Row(name, floor, measured, floor == 0 ? 0 : measured / floor, unit, detail);
        }

        String text() {
            return String.format(
                    Locale.ROOT, "%-25s %9.2f %9.2f %7.2f %-4s %s", name, floor, measured, ratio, unit, detail);
        }
    }
}
