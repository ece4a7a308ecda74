package dev.tidemark.coordinator.ledger;

import dev.tidemark.schema.json.JsonReader;
import dev.tidemark.schema.json.Timestamps;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectReader;

/**
 * Reads the log across machines, in pages, so that a slow reader holds no transaction open. While one page is understood the next one is
 * under way.
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

    /** What it takes to fold an event. */
    private static final String FOLDED = "global_index, sequence_number, time_stamp, payload_type, payload";

    private static final String FROM = " FROM tidemark.domain_event_entry ";
    private static final String WHOLE =
            "SELECT " + FOLDED + ", aggregate_identifier, event_identifier, meta_data" + FROM;

    private final DataSource source;
    private final Horizon horizon;
    private final LedgerSettings<?, ?, E, ?> settings;
    private final ObjectReader metadata;

    /** By stored name; as many as there are types. */
    private final Map<String, JsonReader<?>> payloads = new ConcurrentHashMap<>();

    LogReader(DataSource source, LedgerSettings<?, ?, E, ?> settings) {
        this.source = source;
        this.horizon = new Horizon(source);
        this.settings = settings;
        this.metadata = settings.mapper().readerFor(TEXTS);
    }

    /** Everything behind the index that is settled by now. */
    Stream<StoredEvent<E>> after(long globalIndex) {
        Pages pages = new Pages(globalIndex);
        return Stream.iterate(pages.next(), page -> !page.isEmpty(), page -> pages.next())
                .flatMap(List::stream);
    }

    /** Reads and folds a machine's events one by one until one does not do; for the error message, not for replay. */
    <S> void findUnreadable(String aggregateId, DecisionFunction<S, ?, E, ?> functions) {
        Fold<S, E> fold = new Fold<>(functions, aggregateId);
        query(
                        "SELECT " + FOLDED + FROM + "WHERE aggregate_identifier = ? ORDER BY sequence_number",
                        Row::in,
                        aggregateId)
                .forEach(row -> fold.add(understood(row)));
    }

    /** Folds a machine's events, page by page, up to the first one that was appended after the moment. */
    <S> Replayed<S> state(String aggregateId, Instant at, DecisionFunction<S, ?, E, ?> functions) {
        Fold<S, E> fold = new Fold<>(functions, aggregateId);
        while (true) {
            List<Row> page = query(
                    "SELECT " + FOLDED + FROM
                            + "WHERE aggregate_identifier = ? AND sequence_number >= ? ORDER BY sequence_number LIMIT "
                            + PAGE_LENGTH,
                    Row::in,
                    aggregateId,
                    fold.version());
            for (Understood<E> event : shared(page, this::understood)) {
                if (event.row().recordedAt().isAfter(at)) {
                    return fold.replayed();
                }
                fold.add(event);
            }
            if (page.size() < PAGE_LENGTH) {
                return fold.replayed();
            }
        }
    }

    /** A machine's state, and how many events it consists of. */
    private static final class Fold<S, E> {
        private final DecisionFunction<S, ?, E, ?> functions;
        private final String aggregateId;
        private S state;
        private long version;

        Fold(DecisionFunction<S, ?, E, ?> functions, String aggregateId) {
            this.functions = functions;
            this.aggregateId = aggregateId;
            this.state = functions.initial(aggregateId);
        }

        void add(Understood<E> event) {
            LedgerException.Incomplete.require(aggregateId, version, event.row().sequence());
            try {
                state = functions.evolve(state, event.event());
            } catch (RuntimeException failure) {
                throw new LedgerException.Corrupt(
                        event.row().globalIndex(), event.row().type(), failure);
            }
            version = event.row().sequence() + 1;
        }

        long version() {
            return version;
        }

        Replayed<S> replayed() {
            return new Replayed<>(version, state);
        }
    }

    /** The log from a place on, up to where it is settled. For one thread. */
    private final class Pages {
        private long after;
        private @Nullable FutureTask<List<WholeRow>> ahead;

        Pages(long after) {
            this.after = after;
        }

        /** None if there are no more by now. */
        List<StoredEvent<E>> next() {
            List<WholeRow> page = settled(readAhead());
            if (page.size() == PAGE_LENGTH) {
                long last = page.getLast().row().globalIndex();
                ahead = new FutureTask<>(() -> page(last));
                // Not a virtual one: it reads from its socket all the time, and would be put aside for each piece.
                Thread.ofPlatform().daemon().name("log-ahead").start(ahead);
            }
            if (!page.isEmpty()) {
                after = page.getLast().row().globalIndex();
            }
            // Events of one command, and of one caller, mostly came under the same circumstances.
            Map<String, Map<String, String>> circumstances = new ConcurrentHashMap<>();
            return shared(page, row -> stored(row, circumstances));
        }

        private List<WholeRow> readAhead() {
            FutureTask<List<WholeRow>> reading = ahead;
            ahead = null;
            List<WholeRow> read = reading == null ? List.of() : result(reading);
            // Where there was nothing there may be something now.
            return read.isEmpty() ? page(after) : read;
        }

        private List<WholeRow> settled(List<WholeRow> page) {
            int whole = Horizon.lengthWithoutHole(
                    page.stream().map(row -> row.row().globalIndex()).toList(), after);
            if (whole == page.size()) {
                return page;
            }
            if (holesAreFinal()) {
                return page(after, page.getLast().row().globalIndex());
            }
            return page.subList(0, whole);
        }
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the log was read", stop);
        }
    }

    /** Without an upper end: for a range the server's plan may read all of it and sort it, for a page of 500. */
    private List<WholeRow> page(long after) {
        return query(WHOLE + "WHERE global_index > ? ORDER BY global_index LIMIT " + PAGE_LENGTH, WholeRow::in, after);
    }

    private List<WholeRow> page(long after, long upTo) {
        return query(
                WHOLE + "WHERE global_index > ? AND global_index <= ? ORDER BY global_index LIMIT " + PAGE_LENGTH,
                WholeRow::in,
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

    private interface RowReading<R> {
        R in(ResultSet row) throws SQLException;
    }

    private <R> List<R> query(String question, RowReading<R> reading, Object... parameters) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(question)) {
            for (int index = 0; index < parameters.length; index++) {
                statement.setObject(index + 1, parameters[index]);
            }
            List<R> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reading.in(rows));
                }
            }
            return found;
        } catch (SQLException failure) {
            throw Sorting.ofReading(failure);
        }
    }

    /** Many rows are shared out among the processors. */
    private static <R, T> List<T> shared(List<R> rows, Function<R, T> understanding) {
        if (rows.size() >= SHARED_FROM) {
            try {
                return rows.parallelStream().map(understanding).toList();
            } catch (LedgerException.Corrupt unreadable) {
                LOG.debug("not all of {} events can be read", rows.size(), unreadable);
            }
        }
        // Of several that cannot be read the first is told.
        return rows.stream().map(understanding).toList();
    }

    private StoredEvent<E> stored(WholeRow whole, Map<String, Map<String, String>> circumstances) {
        Row row = whole.row();
        E event = understood(row).event();
        try {
            return new StoredEvent<>(
                    row.globalIndex(),
                    whole.aggregateId(),
                    row.sequence(),
                    whole.eventId(),
                    row.recordedAt(),
                    row.type(),
                    event,
                    circumstances.computeIfAbsent(whole.metadata(), this::texts));
        } catch (JacksonException unreadable) {
            throw new LedgerException.Corrupt(row.globalIndex(), row.type(), unreadable);
        }
    }

    private Understood<E> understood(Row row) {
        try {
            Object event =
                    payloads.computeIfAbsent(row.type(), this::payloadReader).read(row.payload());
            return new Understood<>(row, settings.eventType().cast(event));
        } catch (IllegalArgumentException | ClassCastException | JacksonException unreadable) {
            throw new LedgerException.Corrupt(row.globalIndex(), row.type(), unreadable);
        }
    }

    private JsonReader<?> payloadReader(String type) {
        return JsonReader.of(settings.types().classOf(type), settings.mapper());
    }

    /** Not to be changed: several events share it. */
    private Map<String, String> texts(String json) {
        Map<String, String> read = metadata.readValue(json);
        return Map.copyOf(read);
    }

    private record Understood<E>(Row row, E event) {}

    /** What it takes to fold an event; the payload is JSON in UTF-8. */
    @SuppressWarnings("ArrayRecordComponent") // is neither compared nor changed
    private record Row(long globalIndex, long sequence, Instant recordedAt, String type, byte[] payload) {
        static Row in(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong(1),
                    row.getLong(2),
                    Timestamps.parse(row.getString(3)),
                    row.getString(4),
                    row.getBytes(5));
        }
    }

    private record WholeRow(Row row, String aggregateId, String eventId, String metadata) {
        static WholeRow in(ResultSet row) throws SQLException {
            return new WholeRow(Row.in(row), row.getString(6), row.getString(7), row.getString(8));
        }
    }
}
