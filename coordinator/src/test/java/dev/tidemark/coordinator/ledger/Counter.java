package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The smallest machine that can lose or double something: it counts, and remembers every label it has seen. */
record Counter(String id, long total, List<String> labels) {
    static final String COUNTED = "counted.v1";

    /** As in production: every test of the ledger runs with it. */
    static final LedgerSettings.Memory<Counter> MEMORY = new LedgerSettings.Memory<>(
            1_000, 1_000_000, counter -> counter.labels().size());

    record Count(String id, String label) {}

    /** The event. */
    record Counted(String label, long totalAfter) {}

    /** Why a command is rejected. */
    record Known(String label) {}

    static final class Functions implements DecisionFunction<Counter, Count, Counted, Known> {
        @Override
        public String aggregateOf(Count command) {
            return command.id();
        }

        @Override
        public Counter initial(String aggregateId) {
            return new Counter(aggregateId, 0, List.of());
        }

        @Override
        public Decision<Counted, Known> decide(Count command, Counter state) {
            if (state.labels().contains(command.label())) {
                return new Decision.Rejected<>(new Known(command.label()));
            }
            if (command.label().isEmpty()) {
                return new Decision.Accepted<>(List.of());
            }
            return new Decision.Accepted<>(List.of(new Counted(command.label(), state.total() + 1)));
        }

        @Override
        public Counter evolve(Counter state, Counted event) {
            if (event.totalAfter() != state.total() + 1) {
                throw new IllegalStateException("decided on another state: " + event + " after " + state.total());
            }
            // Only the newest labels are kept, so that the state of a long history stays small.
            List<String> labels = new ArrayList<>(state.labels());
            labels.add(event.label());
            if (labels.size() > 200) {
                labels.removeFirst();
            }
            return new Counter(state.id(), event.totalAfter(), List.copyOf(labels));
        }
    }

    static final class Types implements EventTypes {
        private static final Map<String, Class<?>> KNOWN = Map.of(COUNTED, Counted.class);

        @Override
        public String nameOf(Class<?> type) {
            if (type == Counted.class) {
                return COUNTED;
            }
            throw new IllegalArgumentException(type.getName());
        }

        @Override
        public Class<?> classOf(String name) {
            Class<?> type = KNOWN.get(name);
            if (type == null) {
                throw new IllegalArgumentException(name);
            }
            return type;
        }
    }

    static LedgerSettings<Counter, Count, Counted, Known> settings(int snapshotEvery) {
        return settings(snapshotEvery, List.of());
    }

    static LedgerSettings<Counter, Count, Counted, Known> settings(
            int snapshotEvery, List<Projection<Counted>> projections) {
        return settings(snapshotEvery, MEMORY, projections);
    }

    static LedgerSettings<Counter, Count, Counted, Known> settings(
            int snapshotEvery, LedgerSettings.Memory<Counter> memory, List<Projection<Counted>> projections) {
        return new LedgerSettings<>(
                new Functions(),
                Counted.class,
                new Types(),
                Json.MAPPER,
                new LedgerSettings.Snapshots<>("counter-snapshot.v1", Counter.class, snapshotEvery),
                memory,
                projections);
    }
}
