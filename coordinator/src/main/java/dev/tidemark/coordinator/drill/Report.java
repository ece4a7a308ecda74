package dev.tidemark.coordinator.drill;

import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * All that a run of drills has shown.
 *
 * @param passed the crash points that were passed by the processes
 */
record Report(long seed, Instant begun, double seconds, int jobs, List<Result> results, Set<CrashPoint> passed) {
    Report {
        results = List.copyOf(results);
        passed = Set.copyOf(passed);
    }

    long failedCount() {
        return results.stream().filter(Result::isFailed).count();
    }

    long passedCount() {
        return results.size() - failedCount();
    }

    /** Exactly what scripts read. */
    String json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("seed", seed);
        document.put("passed", passedCount());
        document.put("failed", failedCount());
        document.put("scenarios", results);
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document);
    }

    /** One line, for people. */
    String summary() {
        return String.format(
                Locale.ROOT,
                "%d passed, %d failed, in %.0f s with seed %d; %d of %d crash points were passed",
                passedCount(),
                failedCount(),
                seconds,
                seed,
                passed.size(),
                CrashPoint.values().length);
    }

    static String line(Result result) {
        return String.format(Locale.ROOT, "%-4s %5.1f s  %s", result.verdict(), result.seconds(), result.name());
    }
}
