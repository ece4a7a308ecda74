package dev.tidemark.coordinator.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was measured again and again, in one unit. Not for several threads. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    int count() {
        return values.size();
    }

    double newest() {
        return values.getLast();
    }

    double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The value that so great a share of them does not exceed: 0.99 gives the 99th percentile. */
    double quantile(double share) {
        List<Double> sorted = sorted();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }

    /** From the least to the most. */
    String range() {
        List<Double> sorted = sorted();
        return String.format(
                Locale.ROOT, "%.2f to %.2f in %d rounds", sorted.getFirst(), sorted.getLast(), sorted.size());
    }

    private List<Double> sorted() {
        return values.stream().sorted().toList();
    }
}
