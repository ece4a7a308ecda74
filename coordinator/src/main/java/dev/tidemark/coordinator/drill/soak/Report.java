package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.schema.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of a soak, for a person or for a script. */
final class Report {
    private final SoakOptions options;
    private final Tally tally;
    private final Findings findings;
    private final LeakWatch leaks;
    private final double seconds;

    Report(SoakOptions options, Tally tally, Findings findings, LeakWatch leaks, double seconds) {
        this.options = options;
        this.tally = tally;
        this.findings = findings;
        this.leaks = leaks;
        this.seconds = seconds;
    }

    static String progress(Tally tally, Findings findings) {
        return String.format(
                Locale.ROOT,
                "kills %d quits %d | backups full %d incremental %d failed %d | compared %d disks | changed granules %d | %s",
                sum(tally.under("killed ")),
                sum(tally.under("quit ")),
                tally.of("backups full"),
                tally.of("backups incremental"),
                sum(tally.under("backup failed ")),
                tally.of("disks compared"),
                tally.of("granules changed"),
                findings.byKind());
    }

    void print(PrintWriter out) {
        Map<String, Object> report = content();
        if (options.json()) {
            out.println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report));
        } else {
            report.forEach((name, value) -> {
                if (value instanceof List<?> lines) {
                    out.println(name + (lines.isEmpty() ? ": none" : ":"));
                    lines.forEach(line -> out.println("  " + line));
                } else {
                    out.println(name + ": " + value);
                }
            });
        }
        out.flush();
    }

    private Map<String, Object> content() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("verdict", findings.all().isEmpty() ? "PASS" : "FAIL");
        report.put("seed", options.seed());
        report.put("seconds", Math.round(seconds));
        report.put("machines", Map.of("daemons", options.daemons(), "virtualMachines", options.virtualMachines()));
        report.put("killed", tally.under("killed "));
        report.put("quit", tally.under("quit "));
        report.put("killedTwoAtOnce", tally.of("two killed at once"));
        report.put(
                "backups",
                Map.of(
                        "full", tally.of("backups full"),
                        "incremental", tally.of("backups incremental"),
                        "failed", tally.under("backup failed "),
                        "writtenUnder", tally.of("backups written under"),
                        "acrossDeathOfQemu", tally.of("backups across a death of QEMU"),
                        "withTwoMoments", tally.of("backups with two moments"),
                        "bytes", tally.of("bytes")));
        report.put("asked", tally.under("backups asked as "));
        report.put("fullBecause", tally.under("full because "));
        report.put(
                "thinned",
                Map.of(
                        "merged", tally.of("merged"),
                        "mergedToFull", tally.of("merged to full ones"),
                        "deleted", tally.of("backups deleted")));
        report.put(
                "restores",
                Map.of(
                        "byCoordinator", tally.of("restored by coordinator"),
                        "byQemuImg", tally.of("restored by qemu-img"),
                        "disksCompared", tally.of("disks compared"),
                        "granulesChangedBetweenBackups", tally.of("granules changed")));
        report.put("operationsDone", tally.under("done "));
        report.put("operationsFailed", tally.under("failed "));
        report.put("refused", tally.under("refused "));
        report.put("retried", tally.under("retried "));
        report.put("machinesLetGo", tally.of("machines let go") + tally.of("machines let go with bitmaps"));
        report.put("machinesLookedOver", tally.of("machines looked over"));
        report.put("machinesFinished", tally.of("machines finished"));
        report.put("secondsToConverge", tally.times("converged"));
        report.put("secondsOfOperation", tally.times("operation"));
        for (Part.Kind kind : Part.Kind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            report.put("secondsToStart_" + name, tally.times("start of " + name));
        }
        report.put("processes", processes());
        report.put("findingsByKind", findings.byKind());
        report.put("findings", findings.all());
        report.put("evidence", String.valueOf(findings.directory()));
        return report;
    }

    /** Each long life of a process: medians of its first and of its last third. */
    private List<Map<String, Object>> processes() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (LeakWatch.Series series : leaks.series()) {
            if (series.samples().size() < 2) {
                continue;
            }
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", series.name());
            one.put("samples", series.samples().size());
            one.put("judged", series.isJudged());
            one.put("heapMebibytes", firstAndLast(series, LeakWatch.Sample::heapMebibytes));
            one.put("descriptors", firstAndLast(series, LeakWatch.Sample::descriptors));
            one.put("threads", firstAndLast(series, LeakWatch.Sample::threads));
            all.add(one);
        }
        return all;
    }

    private static List<Double> firstAndLast(LeakWatch.Series series, ToDoubleFunction<LeakWatch.Sample> measure) {
        return Arrays.stream(series.firstAndLast(measure))
                .mapToObj(value -> Math.round(value * 10) / 10.0)
                .toList();
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
