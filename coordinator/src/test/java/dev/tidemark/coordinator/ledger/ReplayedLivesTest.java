package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.history.Life;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.json.JsonReader;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Random lives of machines, written and read again: the short way and the codec's give the same events, machines, and snapshots. */
class ReplayedLivesTest {
    private static final long LIVES = 12;

    /** How somebody reads what was written. */
    private interface Reading {
        <T> T read(String document, Class<T> type);
    }

    private static final Map<Class<?>, JsonReader<?>> READERS = new ConcurrentHashMap<>();

    private static final Reading READER = new Reading() {
        @Override
        public <T> T read(String document, Class<T> type) {
            return type.cast(READERS.computeIfAbsent(type, wanted -> JsonReader.of(wanted, SnapshotJson.MAPPER))
                    .read(document));
        }
    };

    private static final Reading CODEC = new Reading() {
        @Override
        public <T> T read(String document, Class<T> type) {
            return SnapshotJson.MAPPER.readValue(document, type);
        }
    };

    /** The sabotaged twin: it cuts a moment off. */
    private static final Reading CUTTING = new Reading() {
        @Override
        public <T> T read(String document, Class<T> type) {
            T read = READER.read(document, type);
            return read instanceof CheckpointCreated created
                    ? type.cast(new CheckpointCreated(
                            created.machine(),
                            created.operation(),
                            created.checkpoint(),
                            created.consistency(),
                            created.crashCause(),
                            created.disks().subList(1, created.disks().size()),
                            created.configuration(),
                            created.at().truncatedTo(ChronoUnit.DAYS)))
                    : read;
        }
    };

    @Test
    void a_life_that_was_written_is_replayed_as_it_was_lived() {
        assertThat(disagreements(READER)).isEmpty();
    }

    @Test
    void a_reader_that_loses_something_is_found_out() {
        assertThat(disagreements(CUTTING)).isNotEmpty();
    }

    private static List<String> disagreements(Reading reading) {
        List<String> disagreements = new ArrayList<>();
        LongStream.rangeClosed(1, LIVES).forEach(seed -> {
            List<MachineEvent> log = Life.of(seed).log();
            Machine lived = Machine.unknown(log.getFirst().machine());
            Machine replayed = lived;
            for (MachineEvent event : log) {
                String written = SnapshotJson.MAPPER.writeValueAsString(event);
                MachineEvent read = reading.read(written, event.getClass());
                if (!read.equals(event) || !read.equals(CODEC.read(written, event.getClass()))) {
                    disagreements.add("life " + seed + ": " + written);
                }
                lived = lived.evolve(event);
                replayed = replayed.evolve(read);
                String snapshot = SnapshotJson.MAPPER.writeValueAsString(lived);
                if (!replayed.equals(lived)
                        || !reading.read(snapshot, Machine.class).equals(lived)) {
                    disagreements.add("life " + seed + ": " + snapshot);
                }
            }
        });
        return disagreements;
    }
}
