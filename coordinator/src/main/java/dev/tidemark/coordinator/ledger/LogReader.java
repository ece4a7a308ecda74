package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;

/**
 * Reads the log across machines, in pages, so that a slow reader holds no transaction open.
 *
 * <p>An event that is still under way is waited for, as {@link Horizon} tells.
 */
final class LogReader<E> {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    private static final int PAGE_LENGTH = 500;

    /** To share out fewer rows costs more than it gains. */
    private static final int SHARED_FROM = 50;

    private static final Duration HOLE_WAIT_LIMIT = Duration.ofSeconds(15);
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final String COLUMNS =
            "SELECT global_index, aggregate_identifier, sequence_number, event_identifier, time_stamp, payload_type,"
                    + " payload, meta_data FROM tidemark.domain_event_entry ";

    private final DataSource source;
    private final Horizon horizon;
    private final LedgerSettings<?, ?, E, ?> settings;
    private final ObjectReader metadata;

    /** By stored name; as many as there are types. */
    private final Map<String, ObjectReader> payloads = new ConcurrentHashMap<>();

    LogReader(DataSource source, LedgerSettings<?, ?, E, ?> settings) {
        this.source = source;
        this.horizon = new Horizon(source);
        this.settings = settings;
        this.metadata = settings.mapper().readerFor(TEXTS);
    }

    /** Everything behind the index that is settled by now. */
    Stream<StoredEvent<E>> after(long globalIndex) {
        return Stream.iterate(
                        settledPage(globalIndex),
                        page -> !page.isEmpty(),
                        page -> settledPage(page.getLast().globalIndex()))
                .flatMap(List::stream);
    }

    /** Reads and folds a machine's events one by one until one does not do; for the error message, not for replay. */
    <S> void findUnreadable(String aggregateId, DecisionFunction<S, ?, E, ?> functions) {
        S state = functions.initial(aggregateId);
        for (StoredEvent<E> event :
                query(COLUMNS + "WHERE aggregate_identifier = ? ORDER BY sequence_number", aggregateId)) {
            try {
                state = functions.evolve(state, event.event());
            } catch (RuntimeException failure) {
                throw new LedgerException.Corrupt(event.globalIndex(), event.type(), failure);
            }
        }
    }

    /** Folds a machine's events, page by page, up to the first one that was appended after the moment. */
    <S> Replayed<S> state(String aggregateId, Instant at, DecisionFunction<S, ?, E, ?> functions) {
        S state = functions.initial(aggregateId);
        long version = 0;
        while (true) {
            List<StoredEvent<E>> page = query(
                    COLUMNS + "WHERE aggregate_identifier = ? AND sequence_number >= ? ORDER BY sequence_number LIMIT "
                            + PAGE_LENGTH,
                    aggregateId,
                    version);
            for (StoredEvent<E> event : page) {
                if (event.recordedAt().isAfter(at)) {
                    return new Replayed<>(version, state);
                }
                try {
                    state = functions.evolve(state, event.event());
                } catch (RuntimeException failure) {
                    throw new LedgerException.Corrupt(event.globalIndex(), event.type(), failure);
                }
                version = event.sequence() + 1;
            }
            if (page.size() < PAGE_LENGTH) {
                return new Replayed<>(version, state);
            }
        }
    }

    private List<StoredEvent<E>> settledPage(long globalIndex) {
        List<StoredEvent<E>> page = page(globalIndex);
        int whole = Horizon.lengthWithoutHole(
                page.stream().map(StoredEvent::globalIndex).toList(), globalIndex);
        if (whole == page.size()) {
            return page;
        }
        if (holesAreFinal()) {
            return page(globalIndex, page.getLast().globalIndex());
        }
        return page.subList(0, whole);
    }

    /** Without an upper end: for a range the server's plan may read all of it and sort it, for a page of 500. */
    private List<StoredEvent<E>> page(long after) {
        return query(COLUMNS + "WHERE global_index > ? ORDER BY global_index LIMIT " + PAGE_LENGTH, after);
    }

    private List<StoredEvent<E>> page(long after, long upTo) {
        return query(
                COLUMNS + "WHERE global_index > ? AND global_index <= ? ORDER BY global_index LIMIT " + PAGE_LENGTH,
                after,
                upTo);
    }

    private boolean holesAreFinal() {
        try {
            return horizon.holesAreFinal(HOLE_WAIT_LIMIT);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private List<StoredEvent<E>> query(String question, Object... parameters) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(question)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            List<StoredRow> stored = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    stored.add(StoredRow.in(rows));
                }
            }
            return events(stored);
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** To understand rows takes longer than to read them: many are shared out among the processors. */
    private List<StoredEvent<E>> events(List<StoredRow> stored) {
        // Events of one command, and of one caller, mostly came under the same circumstances.
        Map<String, Map<String, String>> circumstances = new ConcurrentHashMap<>();
        if (stored.size() >= SHARED_FROM) {
            try {
                return stored.parallelStream()
                        .map(row -> event(row, circumstances))
                        .toList();
            } catch (LedgerException.Corrupt unreadable) {
                LOG.debug("not all of {} events can be read", stored.size(), unreadable);
            }
        }
        // Of several that cannot be read the first is told.
        return stored.stream().map(row -> event(row, circumstances)).toList();
    }

    private StoredEvent<E> event(StoredRow row, Map<String, Map<String, String>> circumstances) {
        try {
            E event = settings.eventType()
                    .cast(payloads.computeIfAbsent(row.type(), this::payloadReader)
                            .readValue(row.payload()));
            return new StoredEvent<>(
                    row.globalIndex(),
                    row.aggregateId(),
                    row.sequence(),
                    row.eventId(),
                    Instant.parse(row.recordedAt()),
                    row.type(),
                    event,
                    circumstances.computeIfAbsent(row.metadata(), this::texts));
        } catch (IllegalArgumentException | ClassCastException | JacksonException unreadable) {
            throw new LedgerException.Corrupt(row.globalIndex(), row.type(), unreadable);
        }
    }

    private ObjectReader payloadReader(String type) {
        return settings.mapper().readerFor(settings.types().classOf(type));
    }

    /** Not to be changed: several events share it. */
    private Map<String, String> texts(String json) {
        Map<String, String> read = metadata.readValue(json);
        return Map.copyOf(read);
    }

    /** A row in the columns of {@link #COLUMNS}. */
    private record StoredRow(
            long globalIndex,
            String aggregateId,
            long sequence,
            String eventId,
            String recordedAt,
            String type,
            String payload,
            String metadata) {
        static StoredRow in(ResultSet row) throws SQLException {
            return new StoredRow(
                    row.getLong(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getString(8));
        }
    }
}
