package dev.tidemark.coordinator.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.serialization.SerializedObject;
import org.jspecify.annotations.Nullable;

/** New rows of the log, column by column: so they go to the database in one statement, however many there are. */
final class EventColumns {
    private static final String TEXT = "text";
    private static final String NUMBER = "bigint";

    private final String[] events;
    private final String[] machines;
    private final Long[] sequences;
    private final String[] types;
    private final String[] moments;
    private final String[] payloadTypes;
    private final @Nullable String[] revisions;
    private final String[] payloads;
    private final String[] metadata;
    private final @Nullable Long[] endSequences;
    private final @Nullable String[] endEvents;
    private int rows;

    EventColumns(int rowsMax) {
        events = new String[rowsMax];
        machines = new String[rowsMax];
        sequences = new Long[rowsMax];
        types = new String[rowsMax];
        moments = new String[rowsMax];
        payloadTypes = new String[rowsMax];
        revisions = new String[rowsMax];
        payloads = new String[rowsMax];
        metadata = new String[rowsMax];
        endSequences = new Long[rowsMax];
        endEvents = new String[rowsMax];
    }

    /** One row more, to be appended behind an end if there is one given, and in any case only where its number is free. */
    void add(
            DomainEventMessage<?> event,
            String moment,
            SerializedObject<String> payload,
            SerializedObject<String> circumstances,
            Optional<UnitNotes.End> end) {
        events[rows] = event.getIdentifier();
        machines[rows] = event.getAggregateIdentifier();
        sequences[rows] = event.getSequenceNumber();
        types[rows] = event.getType();
        moments[rows] = moment;
        payloadTypes[rows] = payload.getType().getName();
        revisions[rows] = payload.getType().getRevision();
        payloads[rows] = payload.getData();
        metadata[rows] = circumstances.getData();
        endSequences[rows] = end.map(UnitNotes.End::sequence).orElse(null);
        endEvents[rows] = end.map(UnitNotes.End::eventId).orElse(null);
        rows++;
    }

    /** In the order in which they were named above, and their number. */
    void bind(PreparedStatement statement) throws SQLException {
        int parameter = 0;
        bind(statement, ++parameter, TEXT, events);
        bind(statement, ++parameter, TEXT, machines);
        bind(statement, ++parameter, NUMBER, sequences);
        bind(statement, ++parameter, TEXT, types);
        bind(statement, ++parameter, TEXT, moments);
        bind(statement, ++parameter, TEXT, payloadTypes);
        bind(statement, ++parameter, TEXT, revisions);
        bind(statement, ++parameter, TEXT, payloads);
        bind(statement, ++parameter, TEXT, metadata);
        bind(statement, ++parameter, NUMBER, endSequences);
        bind(statement, ++parameter, TEXT, endEvents);
        statement.setInt(++parameter, rows);
    }

    private static void bind(PreparedStatement statement, int parameter, String type, @Nullable Object[] column)
            throws SQLException {
        Connection connection = statement.getConnection();
        statement.setArray(parameter, connection.createArrayOf(type, column));
    }
}
