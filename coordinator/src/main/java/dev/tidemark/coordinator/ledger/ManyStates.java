package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.json.JsonReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of many machines at a time, as a coordinator needs them at its start: two questions for all of them, not for each. Events are
 * folded as they come, so that however long the histories are only states are in memory.
 */
final class ManyStates<S, E> {
    private static final Logger LOG = LoggerFactory.getLogger(ManyStates.class);

    /** Rows that the driver holds. */
    private static final int ROWS = 1_000;

    private static final String SNAPSHOTS = """
            SELECT DISTINCT ON (aggregate_identifier) aggregate_identifier, sequence_number, payload
              FROM tidemark.snapshot_event_entry
             WHERE aggregate_identifier = ANY (?) AND payload_type = ?
             ORDER BY aggregate_identifier, sequence_number DESC
            """;

    /**
     * Of the event that a snapshot ends with only its name: a state is at hand for the next command if it is known where it ends. Each
     * machine's events come as the index has them: to sort all of them, which are many where no snapshot can be read, takes half as long
     * again as to read them. Whoever folds them sees by their numbers that they are in order.
     */
    private static final String EVENTS = """
            SELECT e.aggregate_identifier, e.sequence_number, e.event_identifier, e.payload_type,
                   CASE WHEN e.sequence_number > folded.sequence THEN e.payload END
              FROM unnest(?::text[], ?::bigint[]) AS folded (id, sequence)
             CROSS JOIN LATERAL (
                   SELECT * FROM tidemark.domain_event_entry
                    WHERE aggregate_identifier = folded.id AND sequence_number >= folded.sequence
                    ORDER BY sequence_number) AS e
            """;

    private final DataSource source;
    private final LedgerSettings<S, ?, E, ?> settings;
    private final RecentStates<S> recent;
    private final JsonReader<S> snapshots;

    /** By stored name; as many as there are types. */
    private final Map<String, JsonReader<?>> payloads = new ConcurrentHashMap<>();

    ManyStates(DataSource source, LedgerSettings<S, ?, E, ?> settings, RecentStates<S> recent) {
        this.source = source;
        this.settings = settings;
        this.recent = recent;
        this.snapshots = JsonReader.of(settings.snapshots().stateType(), settings.mapper());
    }

    /** A machine as far as it is folded. */
    private static final class Folding<S> {
        private S state;
        private long sequence = -1;
        private @Nullable String lastEvent;
        private int sinceSnapshot;

        Folding(S state) {
            this.state = state;
        }
    }

    /** By their ids. Left out is what could not be read: to read that by itself tells why. */
    Map<String, Replayed<S>> of(Collection<String> aggregateIds) {
        Map<String, Folding<S>> begun = new LinkedHashMap<>();
        aggregateIds.forEach(
                id -> begun.put(id, new Folding<>(settings.decisions().initial(id))));
        try (Connection connection = source.getConnection()) {
            // Else the driver would hold all rows.
            connection.setAutoCommit(false);
            readSnapshots(connection, begun);
            foldEvents(connection, begun);
            connection.rollback();
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
        Map<String, Replayed<S>> read = new LinkedHashMap<>();
        begun.forEach((id, folding) -> {
            read.put(id, new Replayed<>(folding.sequence + 1, folding.state));
            String lastEvent = folding.lastEvent;
            if (lastEvent != null) {
                recent.put(
                        id,
                        new RecentStates.Remembered<>(
                                folding.state, folding.sequence, lastEvent, folding.sinceSnapshot, false));
            }
        });
        return read;
    }

    private void readSnapshots(Connection connection, Map<String, Folding<S>> begun) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SNAPSHOTS)) {
            statement.setArray(
                    1, connection.createArrayOf("text", begun.keySet().toArray()));
            statement.setString(2, settings.snapshots().type());
            statement.setFetchSize(ROWS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    Folding<S> folding = begun.get(id);
                    if (folding == null) {
                        continue;
                    }
                    try {
                        folding.state = snapshots.read(rows.getBytes(3));
                        folding.sequence = rows.getLong(2);
                    } catch (RuntimeException unreadable) {
                        leaveOut(begun, id, unreadable);
                    }
                }
            }
        }
    }

    private void foldEvents(Connection connection, Map<String, Folding<S>> begun) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(EVENTS)) {
            statement.setArray(
                    1, connection.createArrayOf("text", begun.keySet().toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint",
                            begun.values().stream()
                                    .map(folding -> folding.sequence)
                                    .toArray()));
            statement.setFetchSize(ROWS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    Folding<S> folding = begun.get(id);
                    if (folding == null) {
                        continue;
                    }
                    long sequence = rows.getLong(2);
                    if (sequence > folding.sequence) {
                        try {
                            LedgerException.Incomplete.require(id, folding.sequence + 1, sequence);
                            folding.state = settings.decisions().evolve(folding.state, event(rows));
                        } catch (RuntimeException unreadable) {
                            leaveOut(begun, id, unreadable);
                            continue;
                        }
                        folding.sequence = sequence;
                        folding.sinceSnapshot++;
                    }
                    folding.lastEvent = rows.getString(3);
                }
            }
        }
    }

    private E event(ResultSet row) throws SQLException {
        return settings.eventType()
                .cast(payloads.computeIfAbsent(row.getString(4), this::payloadReader)
                        .read(row.getBytes(5)));
    }

    private JsonReader<?> payloadReader(String type) {
        return JsonReader.of(settings.types().classOf(type), settings.mapper());
    }

    private static void leaveOut(Map<String, ?> begun, String aggregateId, RuntimeException unreadable) {
        LOG.debug("{} is to be read by itself", aggregateId, unreadable);
        begun.remove(aggregateId);
    }
}
