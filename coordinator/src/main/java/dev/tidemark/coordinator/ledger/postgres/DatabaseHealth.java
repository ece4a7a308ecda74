package dev.tidemark.coordinator.ledger.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;

/** Whether a database can be trusted with the log now: what was right at the start need not be right for ever. */
public final class DatabaseHealth {
    private static final int LIMIT_SECONDS = 2;
    private static final String QUESTION = """
            SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean, current_setting('fsync') = 'off',
                   current_setting('full_page_writes') = 'off', current_setting('synchronous_commit') = 'off'
            """;
    private static final String[] TROUBLE = {
        "the database is a standby and cannot be written",
        "the database is read-only",
        "fsync is off: what was committed may be lost",
        "full_page_writes is off: what was committed may be lost",
        "synchronous_commit is off: what was committed may be lost"
    };

    private DatabaseHealth() {}

    /** What is wrong with it; empty if nothing is. */
    public static Optional<String> trouble(DataSource application) {
        try (Connection connection = application.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(LIMIT_SECONDS);
            try (ResultSet answer = statement.executeQuery(QUESTION)) {
                answer.next();
                for (int column = 0; column < TROUBLE.length; column++) {
                    if (answer.getBoolean(column + 1)) {
                        return Optional.of(TROUBLE[column]);
                    }
                }
                return Optional.empty();
            }
        } catch (SQLException unavailable) {
            return Optional.of("the database does not answer");
        }
    }
}
