package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.stage.Monitor;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StorageMachine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * {@code checkpoint create} over HTTP until it is confirmed, beside the raw QMP transaction that does the same to an equal
 * disk of an equal storage daemon. The two take turns, so that a slow moment of the machine hits both.
 */
final class CheckpointBench {
    /** Checkpoints that are measured, if nobody says otherwise: the chain grows from 1 to so many. */
    static final int COUNT = 100;

    private static final int WARM_UP = 50;
    private static final int EDGE = 10;
    private static final long DISK_BYTES = 1L << 40;
    private static final String DISK = "disk0";

    private CheckpointBench() {}

    static List<Bench.Row> run(int count, PrintWriter err) throws IOException {
        try (Stage stage = Stage.open("tidemark-bench", false)) {
            stage.service().start();
            err.println("warming up with " + WARM_UP + " checkpoints, then measuring " + count
                    + " on an idle disk of 1 TiB");
            round(stage, "warm", WARM_UP);
            Times times = round(stage, "cold", count);
            List<Bench.Row> rows = new ArrayList<>();
            rows.add(times.row("checkpoint p50", 0.50, 0, count, "HTTP create to confirmed, raw QMP transaction"));
            double disk = DurableWrite.medianMilliseconds(stage.directory());
            rows.add(Bench.Row.of(
                    "checkpoint p50 / 2 fsync",
                    2 * disk,
                    times.measuredMilliseconds(0.50),
                    "ms",
                    "floor: the two durable commits alone, measured on this disk"));
            rows.add(times.row("checkpoint p99", 0.99, 0, count, "the same"));
            int edge = Math.min(EDGE, count);
            rows.add(times.row("first " + edge + " p50", 0.50, 0, edge, "chain of 1 to " + edge));
            rows.add(times.row("last " + edge + " p50", 0.50, count - edge, count, "chain of up to " + count));
            return rows;
        }
    }

    private static Times round(Stage stage, String name, int count) throws IOException {
        StorageMachine ours = new StorageMachine(stage.directory(), name, stage.programs(), List.of(DISK));
        StorageMachine raw = new StorageMachine(stage.directory(), name + "-raw", stage.programs(), List.of(DISK));
        ours.install(DISK_BYTES);
        raw.install(DISK_BYTES);
        Times times = new Times();
        try (Monitor bystander = ours.start();
                Monitor monitor = raw.start()) {
            bystander.execute("{\"execute\":\"query-version\"}");
            stage.service().done(Map.of("name", name, "qmp", ours.qmpSocket().toString()), "vms");
            for (int index = 0; index < count; index++) {
                long begin = System.nanoTime();
                monitor.execute(transaction(index));
                long between = System.nanoTime();
                JsonNode operation = stage.service().started(Map.of("name", "c" + index), "vms", name, "checkpoints");
                stage.service().ended(operation);
                times.add(between - begin, System.nanoTime() - between);
            }
        } finally {
            ours.kill();
            raw.kill();
        }
        return times;
    }

    private static String transaction(int index) {
        String add = "{\"type\":\"block-dirty-bitmap-add\",\"data\":{\"node\":\"" + DISK + "\",\"name\":\"b" + index
                + "\",\"persistent\":true}}";
        String disable = index == 0
                ? ""
                : ",{\"type\":\"block-dirty-bitmap-disable\",\"data\":{\"node\":\"" + DISK + "\",\"name\":\"b"
                        + (index - 1) + "\"}}";
        return "{\"execute\":\"transaction\",\"arguments\":{\"actions\":[" + add + disable + "]}}";
    }

    /** Nanoseconds of each turn. */
    private static final class Times {
        private static final double NANOSECONDS_PER_MILLISECOND = 1_000_000.0;
        private final List<Long> floor = new ArrayList<>();
        private final List<Long> measured = new ArrayList<>();

        void add(long floorNanoseconds, long measuredNanoseconds) {
            floor.add(floorNanoseconds);
            measured.add(measuredNanoseconds);
        }

        Bench.Row row(String name, double quantile, int from, int to, String detail) {
            return Bench.Row.of(
                    name,
                    at(floor.subList(from, to), quantile),
                    at(measured.subList(from, to), quantile),
                    "ms",
                    detail);
        }

        double measuredMilliseconds(double quantile) {
            return at(measured, quantile);
        }

        private static double at(List<Long> times, double quantile) {
            List<Long> sorted = times.stream().sorted().toList();
            int index = (int) Math.min(sorted.size() - 1L, Math.round(quantile * (sorted.size() - 1)));
            return sorted.get(index) / NANOSECONDS_PER_MILLISECOND;
        }
    }
}
