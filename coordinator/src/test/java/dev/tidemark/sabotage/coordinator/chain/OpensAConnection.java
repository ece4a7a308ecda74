package dev.tidemark.sabotage.coordinator.chain;

import java.sql.DriverManager;
import java.sql.SQLException;

public final class OpensAConnection {
    public void open() throws SQLException {
        DriverManager.getConnection("jdbc:none").close();
    }
}
