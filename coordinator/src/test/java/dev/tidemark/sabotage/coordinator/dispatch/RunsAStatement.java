package dev.tidemark.sabotage.coordinator.dispatch;

import java.sql.Connection;
import java.sql.SQLException;

public final class RunsAStatement {
    public void run(Connection connection) throws SQLException {
        connection.commit();
    }
}
