package dev.tidemark.coordinator.ledger.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** What a server must be like before the log is entrusted to it. */
final class ServerInspection {
    private static final int OLDEST_VERSION = 14;
    private static final int VERSION_FACTOR = 10_000;

    private ServerInspection() {}

    static void check(DataSource source, String where) {
        try (Connection connection = source.getConnection()) {
            checkVersion(connection);
            checkDurable(connection, "fsync");
            checkDurable(connection, "full_page_writes");
            checkDurable(connection, "synchronous_commit");
            if (ask(connection, "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
                    .equals("t")) {
                throw new DatabaseRefused.ReadOnly(where);
            }
        } catch (SQLException failure) {
            throw new DatabaseRefused.Unreachable(where, String.valueOf(failure.getMessage()), failure);
        }
    }

    private static void checkVersion(Connection connection) throws SQLException {
        if (Integer.parseInt(ask(connection, "SHOW server_version_num")) / VERSION_FACTOR < OLDEST_VERSION) {
            throw new DatabaseRefused.TooOld(ask(connection, "SHOW server_version"), OLDEST_VERSION);
        }
    }

    private static void checkDurable(Connection connection, String setting) throws SQLException {
        String value = ask(connection, "SHOW " + setting);
        if (value.equals("off")) {
            throw new DatabaseRefused.NotDurable(setting, value);
        }
    }

    private static String ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            answer.next();
            return answer.getString(1);
        }
    }
}
