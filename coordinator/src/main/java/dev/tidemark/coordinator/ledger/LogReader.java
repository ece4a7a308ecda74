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
import java.util.stream.Stream;
import javax.sql.DataSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Reads the log across machines, in pages, so that a slow reader holds no transaction open.
 *
 * <p>An event that is still under way is waited for, as {@link Horizon} tells.
 */
final class LogReader<E> {
    private static final int PAGE_LENGTH = 500;
    private static final Duration HOLE_WAIT_LIMIT = Duration.ofSeconds(15);
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
    private static final String COLUMNS =
            "SELECT global_index, aggregate_identifier, sequence_number, event_identifier, time_stamp, payload_type,"
                    + " payload, meta_data FROM tidemark.domain_event_entry ";

    private final DataSource source;
    private final Horizon horizon;
    private final LedgerSettings<?, ?, E, ?> settings;

    LogReader(DataSource source, LedgerSettings<?, ?, E, ?> settings) {
        this.source = source;
        this.horizon = new Horizon(source);
        this.settings = settings;
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
        List<StoredEvent<E>> page = page(globalIndex, Long.MAX_VALUE);
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
            List<StoredEvent<E>> events = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    events.add(eventIn(rows));
                }
            }
            return events;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    private StoredEvent<E> eventIn(ResultSet row) throws SQLException {
        long globalIndex = row.getLong("global_index");
        String type = row.getString("payload_type");
        try {
            E event = settings.eventType()
                    .cast(settings.mapper()
                            .readValue(
                                    row.getString("payload"), settings.types().classOf(type)));
            return new StoredEvent<>(
                    globalIndex,
                    row.getString("aggregate_identifier"),
                    row.getLong("sequence_number"),
                    row.getString("event_identifier"),
                    Instant.parse(row.getString("time_stamp")),
                    type,
                    event,
                    settings.mapper().readValue(row.getString("meta_data"), TEXTS));
        } catch (IllegalArgumentException | ClassCastException | JacksonException unreadable) {
            throw new LedgerException.Corrupt(globalIndex, type, unreadable);
        }
    }
}
