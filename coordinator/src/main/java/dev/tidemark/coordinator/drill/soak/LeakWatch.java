package dev.tidemark.coordinator.drill.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Heap after a collection, file descriptors and threads of the long-lived processes, over time. A process that was started anew
 * begins a new series. A series is judged if it is long enough: the median of its last third against that of its first, without
 * the time in which it warms up.
 */
final class LeakWatch {
    private static final int WARM_UP_SAMPLES = 4;
    private static final int JUDGED_SAMPLES_MIN = 12;
    private static final double HEAP_GROWTH_MEBIBYTES_MAX = 6;
    private static final double DESCRIPTORS_GROWTH_MAX = 16;
    private static final double THREADS_GROWTH_MAX = 10;
    private static final long COLLECT_SECONDS_MAX = 20;
    private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    private final Map<Long, Series> series = new LinkedHashMap<>();

    /** One look at one process. */
    record Sample(double heapMebibytes, double descriptors, double threads) {
        @Override
        public String toString() {
            return String.format("heap %.1f MiB fds %.0f threads %.0f", heapMebibytes, descriptors, threads);
        }
    }

    /** The life of one process. */
    record Series(String name, long processId, List<Sample> samples) {
        boolean isJudged() {
            return samples.size() >= JUDGED_SAMPLES_MIN + WARM_UP_SAMPLES;
        }

        /** The medians of the first and of the last third. */
        double[] firstAndLast(ToDoubleFunction<Sample> measure) {
            List<Sample> warm =
                    samples.size() > WARM_UP_SAMPLES ? samples.subList(WARM_UP_SAMPLES, samples.size()) : samples;
            int third = Math.max(1, warm.size() / 3);
            return new double[] {
                median(warm.subList(0, third), measure), median(warm.subList(warm.size() - third, warm.size()), measure)
            };
        }

        private static double median(List<Sample> samples, ToDoubleFunction<Sample> measure) {
            double[] sorted = samples.stream().mapToDouble(measure).sorted().toArray();
            return sorted[sorted.length / 2];
        }

        /** What grows; empty if nothing does. */
        List<String> growth() {
            List<String> grown = new ArrayList<>();
            if (isJudged()) {
                grew(grown, "heap MiB", Sample::heapMebibytes, HEAP_GROWTH_MEBIBYTES_MAX);
                grew(grown, "file descriptors", Sample::descriptors, DESCRIPTORS_GROWTH_MAX);
                grew(grown, "threads", Sample::threads, THREADS_GROWTH_MAX);
            }
            return grown;
        }

        private void grew(List<String> grown, String what, ToDoubleFunction<Sample> measure, double max) {
            double[] thirds = firstAndLast(measure);
            if (thirds[1] - thirds[0] > max) {
                grown.add(String.format("%s %.1f -> %.1f (limit +%.0f)", what, thirds[0], thirds[1], max));
            }
        }
    }

    /** Looks at one process; empty if it died under the look. */
    synchronized Optional<Sample> look(Part part) throws InterruptedException {
        long processId = part.processId();
        if (processId < 0) {
            return Optional.empty();
        }
        try {
            Path process = Path.of("/proc", Long.toString(processId));
            double heap = heapAfterCollection(processId);
            Sample sample = new Sample(heap, descriptors(process), threads(process));
            series.computeIfAbsent(processId, id -> new Series(part.name(), id, new ArrayList<>()))
                    .samples()
                    .add(sample);
            return Optional.of(sample);
        } catch (IOException | NumberFormatException died) {
            return Optional.empty();
        }
    }

    synchronized List<Series> series() {
        return List.copyOf(series.values());
    }

    private static double descriptors(Path process) throws IOException {
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            return open.count();
        }
    }

    private static double threads(Path process) throws IOException {
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("Threads:")) {
                return Double.parseDouble(line.substring("Threads:".length()).strip());
            }
        }
        throw new IOException("no thread count of " + process);
    }

    /** What a collection leaves, counted at the very safepoint of the collection. */
    private static double heapAfterCollection(long processId) throws IOException, InterruptedException {
        Matcher live = LIVE.matcher(jcmd(processId, "GC.class_histogram"));
        if (!live.find()) {
            throw new IOException("no heap of " + processId);
        }
        return Double.parseDouble(live.group(1)) / (1024 * 1024);
    }

    private static String jcmd(long processId, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "-J-XX:TieredStopAtLevel=1",
                        "-J-XX:+UseSerialGC",
                        Long.toString(processId),
                        command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!jcmd.waitFor(COLLECT_SECONDS_MAX, TimeUnit.SECONDS)) {
            jcmd.destroyForcibly();
        }
        return said;
    }
}
