package dev.tidemark.coordinator.ledger.floor;

import dev.tidemark.coordinator.ledger.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A table with the columns and the indexes of the log, and without its guards: no trigger, no digest chain, no check. Beside it one with
 * the columns and the indexes of the operations.
 */
public final class PlainLog {
    private static final int DIGEST_BYTES = 32;
    private static final String TABLES = """
            CREATE SCHEMA floor;
            CREATE TABLE floor.event (
                transaction_id       xid8          NOT NULL DEFAULT pg_current_xact_id(),
                global_index         bigserial     PRIMARY KEY,
                event_identifier     varchar(255)  NOT NULL UNIQUE,
                aggregate_identifier varchar(255)  NOT NULL,
                sequence_number      bigint        NOT NULL,
                type                 varchar(255)  NOT NULL,
                time_stamp           varchar(255)  NOT NULL,
                payload_type         varchar(255)  NOT NULL,
                payload_revision     varchar(255),
                payload              json          NOT NULL,
                meta_data            json          NOT NULL,
                record_hash          bytea         NOT NULL,
                UNIQUE (aggregate_identifier, sequence_number));
            CREATE TABLE floor.operation (LIKE tidemark.operation INCLUDING INDEXES);
            GRANT USAGE ON SCHEMA floor TO tidemark_application;
            GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA floor TO tidemark_application;
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA floor TO tidemark_application;
            """;
    private static final String NEWEST = "SELECT sequence_number FROM floor.event WHERE aggregate_identifier = ?"
            + " ORDER BY sequence_number DESC LIMIT 1";
    private static final String EVENT = "INSERT INTO floor.event (event_identifier, aggregate_identifier,"
            + " sequence_number, type, time_stamp, payload_type, payload, meta_data, record_hash)"
            + " VALUES (?, ?, ?, 'machine', ?, ?, ?::json, ?::json, ?)";
    private static final String OPERATION = "INSERT INTO floor.operation (id, vm, kind, state, target, caller, events,"
            + " version, started_at, ended_at) VALUES (?, ?, ?, 'DONE', ?, ?, 1, ?, ?, ?)";

    private final DataSource application;

    private PlainLog(DataSource application) {
        this.application = application;
    }

    /** Makes the tables, in a database that is thrown away. */
    public static PlainLog create(Database database) {
        try (Connection connection = database.migration().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(TABLES);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
        return new PlainLog(database.application());
    }

    /** What an event is made of. */
    public record Bytes(String machine, String payloadType, String payload, String metadata) {}

    /** One event in a transaction of its own, and nothing else. */
    public void insert(Bytes bytes, long sequence) {
        transaction(connection -> insert(connection, bytes, sequence));
    }

    /**
     * One event and its operation in the transaction in which a coordinator has them: it looks where the machine's log ends, appends,
     * and writes the operation that began and ended with this event.
     */
    public void append(Bytes bytes, String operation, String kind, String caller) {
        transaction(connection -> {
            long sequence = newest(connection, bytes.machine()) + 1;
            insert(connection, bytes, sequence);
            OffsetDateTime now = OffsetDateTime.ofInstant(Instant.now(), ZoneOffset.UTC);
            try (PreparedStatement statement = connection.prepareStatement(OPERATION)) {
                statement.setString(1, operation);
                statement.setString(2, bytes.machine());
                statement.setString(3, kind);
                statement.setString(4, bytes.machine());
                statement.setString(5, caller);
                statement.setLong(6, sequence + 1);
                statement.setObject(7, now);
                statement.setObject(8, now);
                statement.executeUpdate();
            }
        });
    }

    /** How many events there are. */
    public long count() {
        try (Connection connection = application.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT count(*) FROM floor.event");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    private void transaction(Work work) {
        try (Connection connection = application.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.run(connection);
                connection.commit();
            } catch (SQLException failure) {
                connection.rollback();
                throw failure;
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static long newest(Connection connection, String machine) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEWEST)) {
            statement.setString(1, machine);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : -1;
            }
        }
    }

    private static void insert(Connection connection, Bytes bytes, long sequence) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(EVENT)) {
            statement.setString(1, UUID.randomUUID().toString());
            statement.setString(2, bytes.machine());
            statement.setLong(3, sequence);
            statement.setString(4, Instant.now().toString());
            statement.setString(5, bytes.payloadType());
            statement.setString(6, bytes.payload());
            statement.setString(7, bytes.metadata());
            statement.setBytes(8, new byte[DIGEST_BYTES]);
            statement.executeUpdate();
        }
    }
}
