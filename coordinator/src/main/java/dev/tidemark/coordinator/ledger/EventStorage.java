package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventhandling.DomainEventData;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventsourcing.eventstore.jdbc.EventSchema;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.serialization.SerializedObject;
import org.axonframework.serialization.Serializer;

/**
 * Axon's JDBC storage on our tables. Different from Axon's: the columns are json; a type that nobody knows stops the
 * reading there and then, with its place in the log; an unreadable snapshot is noticed while it can still be passed over.
 */
final class EventStorage extends JdbcEventStorageEngine {
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

    private final EventTypes types;

    private EventStorage(Builder builder, EventTypes types) {
        super(builder);
        this.types = types;
    }

    static EventStorage of(UnitConnections connections, LedgerSettings<?, ?, ?, ?> settings) {
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
        return new EventStorage(builder, settings.types());
    }

    @Override
    protected PreparedStatement appendEvents(
            Connection connection, List<? extends EventMessage<?>> events, Serializer serializer) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + SCHEMA.domainEventTable() + " (" + SCHEMA.domainEventFields() + ")" + VALUES,
                new String[] {SCHEMA.globalIndexColumn()});
        for (EventMessage<?> event : events) {
            fill(statement, (DomainEventMessage<?>) event, serializer);
            statement.addBatch();
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
            statement.executeBatch();
            Map<String, Long> places = AppendedPlaces.ofUnit();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                for (EventMessage<?> event : events) {
                    if (!keys.next()) {
                        throw new IllegalStateException("the place of an event was not told: " + event);
                    }
                    places.put(event.getIdentifier(), keys.getLong(1));
                }
            }
        } catch (SQLException failure) {
            handlePersistenceException(failure, events.getFirst());
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

    private void fill(PreparedStatement statement, DomainEventMessage<?> event, Serializer serializer)
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
        Optional<DomainEventMessage<?>> snapshot = super.readSnapshot(aggregateId);
        // Read it now: the event store falls back to the whole history only for what fails in here.
        snapshot.ifPresent(DomainEventMessage::getPayload);
        return snapshot;
    }
}
