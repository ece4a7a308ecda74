package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Notices of commits that get lost. The coordinator sends them as always; but the sessions of this address find a {@code pg_notify} first
 * that does nothing.
 */
final class LostNotices {
    private static final String SCHEMA = "deaf";
    private static final int MILLISECONDS_MAX = 60_000;

    private LostNotices() {}

    /** The same database, for somebody whose notices get lost. */
    static String of(ServerAddress database) {
        String url = database.url();
        return url + (url.contains("?") ? "&" : "?") + "options=-c%20search_path%3D" + SCHEMA + ",pg_catalog,public";
    }

    /** Sees to it, and looks whether it is so. */
    static void make(ServerAddress database) throws IOException {
        try (Connection owner = session(database, database.url());
                Connection deaf = session(database, of(database));
                Statement making = owner.createStatement();
                Statement silently = deaf.createStatement()) {
            making.execute("CREATE SCHEMA " + SCHEMA + "; GRANT USAGE ON SCHEMA " + SCHEMA + " TO PUBLIC;"
                    + " CREATE FUNCTION " + SCHEMA
                    + ".pg_notify(text, text) RETURNS void LANGUAGE sql AS 'SELECT'; LISTEN lost");
            silently.execute("SELECT pg_notify('lost', 'silently')");
            making.execute("SELECT pg_notify('lost', 'aloud')");
            PGNotification[] heard = owner.unwrap(PGConnection.class).getNotifications(MILLISECONDS_MAX);
            assertThat(heard).extracting(PGNotification::getParameter).containsExactly("aloud");
        } catch (SQLException failure) {
            throw new IOException(failure);
        }
    }

    private static Connection session(ServerAddress database, String url) throws SQLException, IOException {
        Properties login = new Properties();
        Optional<String> password = database.ownerPasswordFile().isEmpty()
                ? Optional.empty()
                : Optional.of(Files.readString(database.ownerPasswordFile().get(), StandardCharsets.UTF_8)
                        .strip());
        password.ifPresent(secret -> login.setProperty("password", secret));
        return DriverManager.getConnection(url, login);
    }
}
