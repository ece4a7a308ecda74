package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.EventStreamUtils;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.messaging.MetaData;
import org.axonframework.messaging.unitofwork.CurrentUnitOfWork;
import org.axonframework.modelling.command.ConcurrencyException;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;

/**
 * Axon's JDBC storage on our tables. Different from Axon's: the columns are json; a type that nobody knows stops the
 * reading there and then, with its place in the log; an unreadable snapshot is noticed while it can still be passed over; and where the
 * state is at hand, as of an event that the log still holds, it takes the place of the snapshot.
 */
final class EventStorage<S> extends JdbcEventStorageEngine {
    private static final int BATCH_SIZE = 500;
    private static final EventSchema SCHEMA = EventSchema.builder()
            .eventTable("tidemark.domain_event_entry")
            .snapshotTable("tidemark.snapshot_event_entry")
            .globalIndexColumn("global_index")
            .timestampColumn("time_stamp")
            .eventIdentifierColumn("event_identifier")
            .aggregateIdentifierColumn("aggregate_identifier")
            .sequenceNumberColumn("sequence_number")
            .typeColumn("type")
            .payloadTypeColumn("payload_type")
            .payloadRevisionColumn("payload_revision")
            .payloadColumn("payload")
            .metaDataColumn("meta_data")
            .build();
    private static final String VALUES = " VALUES (?, ?, ?, ?, ?, ?, ?, ?::json, ?::json)";

    /** Who is further behind than this reads the snapshot instead. */
    private static final int TAIL_LENGTH_MAX = 100;

    private static final String VALUES_BEHIND = " SELECT ?, ?, ?, ?, ?, ?, ?, ?::json, ?::json"
            + " WHERE EXISTS (SELECT FROM " + SCHEMA.domainEventTable() + " last WHERE last.aggregate_identifier = ?"
            + " AND last.sequence_number = ? AND last.event_identifier = ?)";

    /** The newest snapshot that can be used, and what came after it or is there at all; one question where Axon asks two. */
    private static final String SNAPSHOT_AND_EVENTS = "WITH newest AS (SELECT 0::bigint AS "
            + SCHEMA.globalIndexColumn() + ", " + SCHEMA.domainEventFields() + " FROM " + SCHEMA.snapshotTable()
            + " WHERE aggregate_identifier = ? AND payload_type = ? ORDER BY sequence_number DESC LIMIT 1)"
            + " SELECT * FROM newest UNION ALL (SELECT " + SCHEMA.globalIndexColumn() + ", "
            + SCHEMA.domainEventFields() + " FROM " + SCHEMA.domainEventTable()
            + " WHERE aggregate_identifier = ? AND sequence_number >"
            + " coalesce((SELECT sequence_number FROM newest), -1) ORDER BY sequence_number LIMIT " + BATCH_SIZE + ")"
            + " ORDER BY sequence_number";

    private static final String SUPPOSED = EventStorage.class.getName() + ".supposed";
    private static final String MAY_SUPPOSE = EventStorage.class.getName() + ".maySuppose";
    private static final String FOUND_OTHERS = EventStorage.class.getName() + ".foundOthers";
    private static final String TAIL = EventStorage.class.getName() + ".tail";
    private static final String LOG_ALONE = EventStorage.class.getName() + ".logAlone";

    private final EventTypes types;
    private final String snapshotType;
    private final RecentStates<S> recent;

    private EventStorage(Builder builder, EventTypes types, String snapshotType, RecentStates<S> recent) {
        super(builder);
        this.types = types;
        this.snapshotType = snapshotType;
        this.recent = recent;
    }

    static <S> EventStorage<S> of(
            UnitConnections connections, LedgerSettings<S, ?, ?, ?> settings, RecentStates<S> recent) {
        Builder builder = JdbcEventStorageEngine.builder()
                .connectionProvider(connections)
                // The unit of work begins and commits; here it must only be taken part in.
                .transactionManager(NoTransactionManager.INSTANCE)
                .dataType(String.class)
                .schema(SCHEMA)
                .persistenceExceptionResolver(SqlStates::isDuplicateKey)
                .eventSerializer(new StoredTypes(settings.types(), settings.mapper()))
                .snapshotSerializer(SnapshotForm.of(settings))
                .snapshotFilter(snapshot -> snapshot.getPayload()
                        .getType()
                        .getName()
                        .equals(settings.snapshots().type()))
                .batchSize(BATCH_SIZE)
                // Sequence numbers have no gaps, so a batch that is not full is the last one.
                .finalAggregateBatchPredicate(batch -> batch.size() < BATCH_SIZE);
        return new EventStorage<>(
                builder, settings.types(), settings.snapshots().type(), recent);
    }

    @Override
    protected PreparedStatement appendEvents(
            Connection connection, List<? extends EventMessage<?>> events, Serializer serializer) throws SQLException {
        Optional<Supposed> supposed = supposed();
        PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + SCHEMA.domainEventTable() + " (" + SCHEMA.domainEventFields() + ")"
                        + (supposed.isPresent() ? VALUES_BEHIND : VALUES),
                new String[] {SCHEMA.globalIndexColumn()});
        for (EventMessage<?> event : events) {
            int column = fill(statement, (DomainEventMessage<?>) event, serializer);
            if (supposed.isPresent()) {
                statement.setString(++column, supposed.get().aggregateId());
                statement.setLong(++column, supposed.get().sequence());
                statement.setString(++column, supposed.get().eventId());
            }
            if (events.size() > 1) {
                statement.addBatch();
            }
        }
        return statement;
    }

    /** Brings along where the events came to lie, so that nobody has to ask. */
    @Override
    protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = appendEvents(getConnection(), events, serializer)) {
            execute(statement, events.size());
            Map<String, Long> places = AppendedPlaces.ofUnit();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                for (EventMessage<?> event : events) {
                    if (!keys.next()) {
                        if (supposed().isPresent()) {
                            throw new ConcurrencyException(
                                    "the log does not end with " + supposed().get());
                        }
                        throw new IllegalStateException("the place of an event was not told: " + event);
                    }
                    places.put(event.getIdentifier(), keys.getLong(1));
                }
            }
        } catch (SQLException failure) {
            handlePersistenceException(failure, events.getFirst());
        }
    }

    /** One that is a batch by itself would be described to the driver first, which is a question and an answer more. */
    private static void execute(PreparedStatement statement, int events) throws SQLException {
        if (events == 1) {
            statement.executeUpdate();
        } else {
            statement.executeBatch();
        }
    }

    @Override
    protected PreparedStatement appendSnapshot(
            Connection connection, DomainEventMessage<?> snapshot, Serializer serializer) throws SQLException {
        PreparedStatement statement = connection.prepareStatement("INSERT INTO " + SCHEMA.snapshotTable() + " ("
                + SCHEMA.domainEventFields() + ")" + VALUES
                // Another coordinator may have written the same one; an error would spoil the transaction.
                + " ON CONFLICT DO NOTHING");
        fill(statement, snapshot, serializer);
        return statement;
    }

    private int fill(PreparedStatement statement, DomainEventMessage<?> event, Serializer serializer)
            throws SQLException {
        SerializedObject<String> payload = event.serializePayload(serializer, String.class);
        SerializedObject<String> metadata = event.serializeMetaData(serializer, String.class);
        int column = 0;
        statement.setString(++column, event.getIdentifier());
        statement.setString(++column, event.getAggregateIdentifier());
        statement.setLong(++column, event.getSequenceNumber());
        statement.setString(++column, event.getType());
        writeTimestamp(statement, ++column, event.getTimestamp());
        statement.setString(++column, payload.getType().getName());
        statement.setString(++column, payload.getType().getRevision());
        statement.setString(++column, payload.getData());
        statement.setString(++column, metadata.getData());
        return column;
    }

    @Override
    protected DomainEventData<?> getDomainEventData(ResultSet row) throws SQLException {
        String type = row.getString(SCHEMA.payloadTypeColumn());
        try {
            types.classOf(type);
        } catch (IllegalArgumentException unknown) {
            throw new LedgerException.Corrupt(row.getLong(SCHEMA.globalIndexColumn()), type, unknown);
        }
        return super.getDomainEventData(row);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Axon's signature; the data type is String
    protected <T> T readPayload(ResultSet row, String column) throws SQLException {
        return (T) row.getString(column);
    }

    /**
     * In the current unit of work a state that is at hand is taken to be the newest one, without a question. What is appended then is
     * appended behind its last event or not at all; who appends nothing has to ask again.
     */
    static void maySuppose() {
        CurrentUnitOfWork.get().root().resources().put(MAY_SUPPOSE, true);
    }

    /** What the current unit of work took to be a machine's last event. */
    static Optional<Supposed> supposed() {
        return Optional.ofNullable(CurrentUnitOfWork.get().root().getResource(SUPPOSED));
    }

    record Supposed(String aggregateId, long sequence, String eventId) {}

    /** Whether events of somebody else were found behind the state that was at hand. */
    static boolean foundOthers() {
        return Boolean.TRUE.equals(CurrentUnitOfWork.get().root().getResource(FOUND_OTHERS));
    }

    /** In the current unit of work nothing is read but the log and its snapshots, whatever is at hand. */
    static void readLogAlone() {
        CurrentUnitOfWork.get().root().resources().put(LOG_ALONE, true);
    }

    @Override
    public Optional<DomainEventMessage<?>> readSnapshot(String aggregateId) {
        Optional<DomainEventMessage<?>> recalled = recalled(aggregateId);
        return recalled.isPresent() ? recalled : readStoredSnapshot(aggregateId);
    }

    /** What was remembered, if the log says that it was so; reads what came after in the same breath. */
    private Optional<DomainEventMessage<?>> recalled(String aggregateId) {
        Map<String, Object> unit = CurrentUnitOfWork.get().root().resources();
        Optional<RecentStates.Remembered<S>> recalled =
                unit.containsKey(LOG_ALONE) ? Optional.empty() : recent.of(aggregateId);
        if (recalled.isEmpty()) {
            return Optional.empty();
        }
        RecentStates.Remembered<S> remembered = recalled.get();
        List<DomainEventData<?>> behind = List.of();
        if (remembered.alone() && unit.containsKey(MAY_SUPPOSE)) {
            unit.put(SUPPOSED, new Supposed(aggregateId, remembered.sequence(), remembered.eventId()));
        } else {
            Optional<List<DomainEventData<?>>> tail = tail(aggregateId, remembered);
            if (tail.isEmpty()) {
                recent.forget(aggregateId);
                return Optional.empty();
            }
            behind = tail.get();
            unit.put(FOUND_OTHERS, !behind.isEmpty());
        }
        unit.put(TAIL, new Tail(aggregateId, remembered.sequence() + 1, behind));
        return Optional.of(new GenericDomainEventMessage<>(
                MachineShell.TYPE,
                aggregateId,
                remembered.sequence(),
                remembered,
                MetaData.emptyInstance(),
                remembered.eventId(),
                Instant.EPOCH));
    }

    /** Events of a machine from this one on, which are read already. */
    private record Tail(String aggregateId, long firstSequence, List<DomainEventData<?>> events) {}

    /** What was appended behind a remembered state; empty if the log holds another event there, or none, or too many behind it. */
    private Optional<List<DomainEventData<?>>> tail(String aggregateId, RecentStates.Remembered<S> remembered) {
        int most = TAIL_LENGTH_MAX + 1;
        try (PreparedStatement statement = readEventData(getConnection(), aggregateId, remembered.sequence(), most);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next() || !rows.getString(SCHEMA.eventIdentifierColumn()).equals(remembered.eventId())) {
                return Optional.empty();
            }
            List<DomainEventData<?>> behind = new ArrayList<>();
            while (rows.next()) {
                behind.add(getDomainEventData(rows));
            }
            return behind.size() < TAIL_LENGTH_MAX ? Optional.of(behind) : Optional.empty();
        } catch (SQLException failure) {
            throw new EventStoreException("the log of " + aggregateId + " cannot be read", failure);
        }
    }

    @Override
    public DomainEventStream readEvents(String aggregateId, long firstSequence) {
        Object read = CurrentUnitOfWork.get().root().resources().remove(TAIL);
        return read instanceof Tail tail
                        && tail.aggregateId().equals(aggregateId)
                        && tail.firstSequence() == firstSequence
                ? EventStreamUtils.upcastAndDeserializeDomainEvents(
                        tail.events().stream(), getEventSerializer(), upcasterChain)
                : super.readEvents(aggregateId, firstSequence);
    }

    /** The events behind it come along, and are kept until somebody asks for them. */
    @Override
    protected Stream<? extends DomainEventData<?>> readSnapshotData(String aggregateId) {
        try (PreparedStatement statement = getConnection().prepareStatement(SNAPSHOT_AND_EVENTS)) {
            statement.setString(1, aggregateId);
            statement.setString(2, snapshotType);
            statement.setString(3, aggregateId);
            List<DomainEventData<?>> snapshots = new ArrayList<>();
            List<DomainEventData<?>> events = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getLong(SCHEMA.globalIndexColumn()) == 0) {
                        snapshots.add(getSnapshotData(rows));
                    } else {
                        events.add(getDomainEventData(rows));
                    }
                }
            }
            if (events.size() < BATCH_SIZE) {
                long first = snapshots.isEmpty() ? 0 : snapshots.getFirst().getSequenceNumber() + 1;
                CurrentUnitOfWork.get().root().resources().put(TAIL, new Tail(aggregateId, first, events));
            }
            return snapshots.stream();
        } catch (SQLException failure) {
            throw new EventStoreException("the log of " + aggregateId + " cannot be read", failure);
        }
    }

    private Optional<DomainEventMessage<?>> readStoredSnapshot(String aggregateId) {
        Optional<DomainEventMessage<?>> snapshot = super.readSnapshot(aggregateId);
        // Read it now: the event store falls back to the whole history only for what fails in here.
        snapshot.ifPresent(DomainEventMessage::getPayload);
        return snapshot;
    }
}
