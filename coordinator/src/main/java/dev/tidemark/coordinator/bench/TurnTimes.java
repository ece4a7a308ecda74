package dev.tidemark.coordinator.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How long each turn took, in each round. */
final class TurnTimes {
    private static final double NANOSECONDS_PER_SECOND = 1_000_000_000.0;

    private final Map<Turn, Samples> seconds = new EnumMap<>(Turn.class);

    TurnTimes() {
        for (Turn turn : Turn.values()) {
            seconds.put(turn, new Samples());
        }
    }

    void add(Turn turn, long nanoseconds) {
        of(turn).add(nanoseconds / NANOSECONDS_PER_SECOND);
    }

    /** The last round, in one line. */
    String newest() {
        return Arrays.stream(Turn.values())
                .map(turn -> String.format(Locale.ROOT, "%s %.2f s", turn.title(), of(turn).newest()))
                .collect(Collectors.joining(", "));
    }

    /** Medians beside that of {@link Turn#COPY}. */
    List<Bench.Row> rows() {
        double floor = of(Turn.COPY).median();
        return Arrays.stream(Turn.values())
                .map(turn -> Bench.Row.of(turn.title(), floor, of(turn).median(), "s", detail(turn)))
                .toList();
    }

    private String detail(Turn turn) {
        return turn.meaning() + "; " + of(turn).range() + ", each compared with the disk";
    }

    private Samples of(Turn turn) {
        return seconds.computeIfAbsent(turn, none -> new Samples());
    }
}
