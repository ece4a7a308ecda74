package dev.tidemark.coordinator.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How long each turn took, in each round. */
final class TurnTimes {
    private static final double NANOSECONDS_PER_SECOND = 1_000_000_000.0;

    private final Map<Turn, List<Double>> seconds = new EnumMap<>(Turn.class);

    TurnTimes() {
        for (Turn turn : Turn.values()) {
            seconds.put(turn, new ArrayList<>());
        }
    }

    void add(Turn turn, long nanoseconds) {
        of(turn).add(nanoseconds / NANOSECONDS_PER_SECOND);
    }

    /** The last round, in one line. */
    String newest() {
        return Arrays.stream(Turn.values())
                .map(turn -> String.format(Locale.ROOT, "%s %.2f s", turn.title(), of(turn).getLast()))
                .collect(Collectors.joining(", "));
    }

    /** Medians beside that of {@link Turn#COPY}. */
    List<Bench.Row> rows() {
        double floor = median(of(Turn.COPY));
        return Arrays.stream(Turn.values())
                .map(turn -> Bench.Row.of(turn.title(), floor, median(of(turn)), "s", detail(turn)))
                .toList();
    }

    private String detail(Turn turn) {
        List<Double> sorted = of(turn).stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%s; %.2f to %.2f in %d rounds, each compared with the disk",
                turn.meaning(),
                sorted.getFirst(),
                sorted.getLast(),
                sorted.size());
    }

    private static double median(List<Double> times) {
        List<Double> sorted = times.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private List<Double> of(Turn turn) {
        return seconds.getOrDefault(turn, List.of());
    }
}
