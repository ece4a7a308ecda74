package dev.tidemark.coordinator.drill.soak;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was done and seen, counted; and the times that it took. Used by all threads. */
final class Tally {
    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, List<Double>> seconds = new TreeMap<>();

    /** How long something took, over all the times it was seen. */
    record Times(int count, double median, double max) {}

    synchronized void count(String what) {
        add(what, 1);
    }

    synchronized void add(String what, long number) {
        counts.merge(what, number, Long::sum);
    }

    synchronized void took(String what, double inSeconds) {
        seconds.computeIfAbsent(what, ignored -> new ArrayList<>()).add(inSeconds);
    }

    synchronized long of(String what) {
        return counts.getOrDefault(what, 0L);
    }

    /** Those whose name begins so, without that beginning. */
    synchronized Map<String, Long> under(String prefix) {
        Map<String, Long> found = new LinkedHashMap<>();
        counts.forEach((what, number) -> {
            if (what.startsWith(prefix)) {
                found.put(what.substring(prefix.length()), number);
            }
        });
        return found;
    }

    synchronized Times times(String what) {
        List<Double> sorted = new ArrayList<>(seconds.getOrDefault(what, List.of()));
        Collections.sort(sorted);
        return sorted.isEmpty()
                ? new Times(0, 0, 0)
                : new Times(sorted.size(), sorted.get(sorted.size() / 2), sorted.getLast());
    }
}
