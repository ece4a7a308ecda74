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
import org.axonframework.common.DateTimeUtils;
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
    /**
     * One statement for all events of a unit of work, whatever their number: each that is to be appended behind a certain event is there
     * only if that is the event which the log holds. The comparison is no join, so that no plan can make it one over the whole log; the
     * order of the rows is that of the events, because each is chained to the one before. The limit is their number: without it the planner
     * takes a plan for any number to be dearer than one for a single event, and makes a new plan each time.
     */
    private static final String APPEND = """
            INSERT INTO %1$s (%2$s)
            SELECT n.event, n.machine, n.sequence, n.type, n.moment, n.payload_type, n.revision, n.payload::json, n.meta_data::json
              FROM (SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
                                         ?::text[], ?::text[], ?::bigint[], ?::text[]) WITH ORDINALITY LIMIT ?)
                   AS n(event, machine, sequence, type, moment, payload_type, revision, payload, meta_data,
                        end_sequence, end_event, place)
             WHERE n.end_event IS NULL
                OR n.end_event = (SELECT e.event_identifier FROM %1$s e
                                   WHERE e.aggregate_identifier = n.machine AND e.sequence_number = n.end_sequence)
             ORDER BY n.place
            RETURNING event_identifier, global_index
            """.formatted(SCHEMA.domainEventTable(), SCHEMA.domainEventFields());

    private static final String VALUES = " VALUES (?, ?, ?, ?, ?, ?, ?, ?::json, ?::json)";

    /** Who is further behind than this reads the snapshot instead. */
    private static final int TAIL_LENGTH_MAX = 100;

    /** The newest snapshot that can be used, and what came after it or is there at all; one question where Axon asks two. */
    private static final String SNAPSHOT_AND_EVENTS = "WITH newest AS (SELECT 0::bigint AS "
            + SCHEMA.globalIndexColumn() + ", " + SCHEMA.domainEventFields() + " FROM " + SCHEMA.snapshotTable()
            + " WHERE aggregate_identifier = ? AND payload_type = ? ORDER BY sequence_number DESC LIMIT 1)"
            + " SELECT * FROM newest UNION ALL (SELECT " + SCHEMA.globalIndexColumn() + ", "
            + SCHEMA.domainEventFields() + " FROM " + SCHEMA.domainEventTable()
            + " WHERE aggregate_identifier = ? AND sequence_number >"
            + " coalesce((SELECT sequence_number FROM newest), -1) ORDER BY sequence_number LIMIT " + BATCH_SIZE + ")"
            + " ORDER BY sequence_number";

    private static final String EVENTS_FROM = "SELECT " + SCHEMA.globalIndexColumn() + ", " + SCHEMA.domainEventFields()
            + " FROM " + SCHEMA.domainEventTable()
            + " WHERE aggregate_identifier = ? AND sequence_number >= ? ORDER BY sequence_number LIMIT ?";

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
                // It holds the next ones, whatever their numbers, so one that is not full is the last.
                .finalAggregateBatchPredicate(batch -> batch.size() < BATCH_SIZE);
        return new EventStorage<>(
                builder, settings.types(), settings.snapshots().type(), recent);
    }

    /** Brings along where the events came to lie, so that nobody has to ask. */
    @Override
    protected void appendEvents(List<? extends EventMessage<?>> events, Serializer serializer) {
        if (events.isEmpty()) {
            return;
        }
        Map<String, Long> places = UnitNotes.ofUnit().places();
        try (PreparedStatement statement = insert(getConnection(), events, serializer);
                ResultSet appended = statement.executeQuery()) {
            while (appended.next()) {
                places.put(appended.getString(1), appended.getLong(2));
            }
        } catch (SQLException failure) {
            handlePersistenceException(failure, events.getFirst());
        }
        for (EventMessage<?> event : events) {
            if (!places.containsKey(event.getIdentifier())) {
                throw new ConcurrencyException("the log does not end with the event that this was to follow: " + event);
            }
        }
    }

    private static PreparedStatement insert(
            Connection connection, List<? extends EventMessage<?>> events, Serializer serializer) throws SQLException {
        EventColumns columns = new EventColumns(events.size());
        for (EventMessage<?> event : events) {
            DomainEventMessage<?> appended = (DomainEventMessage<?>) event;
            columns.add(
                    appended,
                    DateTimeUtils.formatInstant(appended.getTimestamp()),
                    appended.serializePayload(serializer, String.class),
                    appended.serializeMetaData(serializer, String.class),
                    UnitNotes.ofUnit().endOf(appended.getAggregateIdentifier()));
        }
        PreparedStatement statement = connection.prepareStatement(APPEND);
        columns.bind(statement);
        return statement;
    }

    /** Writes an event as it will be stored, so that whoever appends it for others need not do it. */
    void serialize(DomainEventMessage<?> event) {
        event.serializePayload(getEventSerializer(), String.class);
        event.serializeMetaData(getEventSerializer(), String.class);
    }

    @Override
    protected PreparedStatement appendSnapshot(
            Connection connection, DomainEventMessage<?> snapshot, Serializer serializer) throws SQLException {
        PreparedStatement statement = connection.prepareStatement("INSERT INTO " + SCHEMA.snapshotTable() + " ("
                + SCHEMA.domainEventFields() + ")" + VALUES
                // Another coordinator may have written the same one; an error would spoil the transaction.
                + " ON CONFLICT DO NOTHING");
        SerializedObject<String> payload = snapshot.serializePayload(serializer, String.class);
        SerializedObject<String> metadata = snapshot.serializeMetaData(serializer, String.class);
        int column = 0;
        statement.setString(++column, snapshot.getIdentifier());
        statement.setString(++column, snapshot.getAggregateIdentifier());
        statement.setLong(++column, snapshot.getSequenceNumber());
        statement.setString(++column, snapshot.getType());
        writeTimestamp(statement, ++column, snapshot.getTimestamp());
        statement.setString(++column, payload.getType().getName());
        statement.setString(++column, payload.getType().getRevision());
        statement.setString(++column, payload.getData());
        statement.setString(++column, metadata.getData());
        return statement;
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

    @Override
    public Optional<DomainEventMessage<?>> readSnapshot(String aggregateId) {
        Optional<DomainEventMessage<?>> recalled = recalled(aggregateId);
        return recalled.isPresent() ? recalled : readStoredSnapshot(aggregateId);
    }

    /** What was remembered, if the log says that it was so; reads what came after in the same breath. */
    private Optional<DomainEventMessage<?>> recalled(String aggregateId) {
        UnitNotes notes = UnitNotes.ofUnit();
        Optional<RecentStates.Remembered<S>> recalled =
                notes.readsLogAlone() ? Optional.empty() : recent.of(aggregateId);
        if (recalled.isEmpty()) {
            return Optional.empty();
        }
        RecentStates.Remembered<S> remembered = recalled.get();
        Optional<List<DomainEventData<?>>> behind = tail(aggregateId, remembered);
        if (behind.isEmpty()) {
            recent.forget(aggregateId);
            return Optional.empty();
        }
        notes.read(new UnitNotes.Tail(aggregateId, remembered.sequence() + 1, behind.get()));
        notes.behindStateAtHand(behind.get());
        return Optional.of(new GenericDomainEventMessage<>(
                MachineShell.TYPE,
                aggregateId,
                remembered.sequence(),
                remembered,
                MetaData.emptyInstance(),
                remembered.eventId(),
                Instant.EPOCH));
    }

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
        DomainEventStream events = UnitNotes.ofUnit()
                .takeTail(aggregateId, firstSequence)
                .map(tail -> EventStreamUtils.upcastAndDeserializeDomainEvents(
                        tail.events().stream(), getEventSerializer(), upcasterChain))
                .orElseGet(() -> super.readEvents(aggregateId, firstSequence));
        return new UnbrokenEvents(events, aggregateId, firstSequence);
    }

    /** As many as are asked for, if there are so many: Axon's own question ends at a number, and takes a hole for the end of the log. */
    @Override
    protected PreparedStatement readEventData(
            Connection connection, String aggregateId, long firstSequence, int batchSize) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(EVENTS_FROM);
        statement.setString(1, aggregateId);
        statement.setLong(2, firstSequence);
        statement.setInt(3, batchSize);
        return statement;
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
                UnitNotes.ofUnit().read(new UnitNotes.Tail(aggregateId, first, events));
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
