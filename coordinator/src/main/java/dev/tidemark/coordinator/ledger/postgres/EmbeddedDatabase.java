package dev.tidemark.coordinator.ledger.postgres;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/** One database of the embedded server, with its two roles. */
final class EmbeddedDatabase implements Database {
    private static final String NAME = "tidemark";
    private static final String OWNER_ROLE = "tidemark_owner";

    private final EmbeddedServer server;
    private final boolean ownsServer;
    private final String url;
    private final DataSource migration;
    private final HikariDataSource application;

    private EmbeddedDatabase(EmbeddedServer server, String name, boolean ownsServer) throws IOException {
        this.server = server;
        this.ownsServer = ownsServer;
        this.url = url(server, name);
        this.migration = DataSources.plain(
                url, OWNER_ROLE, server.ground().ownerPassword().read());
        this.application = DataSources.pooled(
                DataSources.plain(
                        url,
                        DataSources.APPLICATION_ROLE,
                        server.ground().applicationPassword().read()),
                false);
    }

    static EmbeddedDatabase owning(EmbeddedServer server) {
        return open(server, NAME, true);
    }

    static EmbeddedDatabase on(EmbeddedServer server, String name) {
        return open(server, name, false);
    }

    private static EmbeddedDatabase open(EmbeddedServer server, String name, boolean ownsServer) {
        if (!name.matches("[a-z][a-z0-9_]{0,50}")) {
            throw new IllegalArgumentException("not a name for a database: " + name);
        }
        try {
            provide(server, name);
            EmbeddedDatabase database = new EmbeddedDatabase(server, name, ownsServer);
            try {
                ServerInspection.check(database.application, database.url);
                Migrations.run(database.migration);
                HistoryProtection.check(database.application, database.url);
                return database;
            } catch (RuntimeException failure) {
                database.application.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new DatabaseRefused.ServerFailed(
                    "The passwords of the embedded server cannot be kept: " + failure.getMessage(), failure);
        } catch (SQLException failure) {
            throw new DatabaseRefused.Unreachable(url(server, name), String.valueOf(failure.getMessage()), failure);
        }
    }

    static DataSource reading(EmbeddedServer server, String name) {
        try {
            return DataSources.plain(
                    url(server, name),
                    OWNER_ROLE,
                    server.ground().ownerPassword().read());
        } catch (IOException failure) {
            throw new DatabaseRefused.ServerFailed("The password cannot be read: " + failure.getMessage(), failure);
        }
    }

    /** Makes the database and lends it to a coordinator in another process, which connects as its owner. */
    static ServerAddress lent(EmbeddedServer server, String name) {
        try {
            provide(server, name);
            String superuserPassword = server.ground().superuserPassword().read();
            try (Connection connection = DataSources.plain(
                            url(server, "postgres"), EmbeddedServer.SUPERUSER, superuserPassword)
                    .getConnection()) {
                run(connection, "GRANT " + DataSources.APPLICATION_ROLE + " TO " + OWNER_ROLE);
            }
            return new ServerAddress(
                    url(server, name) + "?user=" + OWNER_ROLE,
                    Optional.of(server.ground().ownerPassword().path()),
                    Optional.empty());
        } catch (IOException | SQLException failure) {
            throw new DatabaseRefused.ServerFailed("The database cannot be made: " + failure.getMessage(), failure);
        }
    }

    /** Roles, passwords and the database: all that needs the server's superuser, who is not used for anything else. */
    private static void provide(EmbeddedServer server, String name) throws IOException, SQLException {
        String password = server.ground().superuserPassword().read();
        try (Connection connection = DataSources.plain(url(server, "postgres"), EmbeddedServer.SUPERUSER, password)
                .getConnection()) {
            provideRole(connection, OWNER_ROLE, server.ground().ownerPassword());
            provideRole(
                    connection, DataSources.APPLICATION_ROLE, server.ground().applicationPassword());
            if (!exists(connection, "SELECT FROM pg_roles WHERE rolname = ?", DataSources.AUDITOR_ROLE)) {
                run(
                        connection,
                        "CREATE ROLE " + DataSources.AUDITOR_ROLE + " NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
            }
            if (!exists(connection, "SELECT FROM pg_database WHERE datname = ?", name)) {
                run(connection, "CREATE DATABASE " + name + " OWNER " + OWNER_ROLE);
                run(connection, "REVOKE ALL ON DATABASE " + name + " FROM PUBLIC");
            }
            run(connection, "GRANT CONNECT ON DATABASE " + name + " TO " + DataSources.APPLICATION_ROLE);
            run(connection, "GRANT CONNECT ON DATABASE " + name + " TO " + DataSources.AUDITOR_ROLE);
        }
    }

    private static void provideRole(Connection connection, String role, PasswordFile password) throws SQLException {
        if (!exists(connection, "SELECT FROM pg_roles WHERE rolname = ?", role)) {
            run(connection, "CREATE ROLE " + role + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
        }
        // The driver sends a verifier: the password itself never reaches a statement, so no log can hold it.
        connection
                .unwrap(PGConnection.class)
                .alterUserPassword(role, password.read().toCharArray(), "scram-sha-256");
    }

    private static boolean exists(Connection connection, String question, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, name);
            return statement.executeQuery().next();
        }
    }

    private static void run(Connection connection, String command) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    private static String url(EmbeddedServer server, String name) {
        return String.format(Locale.ROOT, "jdbc:postgresql://127.0.0.1:%d/%s", server.port(), name);
    }

    @Override
    public DataSource application() {
        return application;
    }

    @Override
    public DataSource migration() {
        return migration;
    }

    @Override
    public String description() {
        return "embedded PostgreSQL " + PostgresBinaries.VERSION + " in "
                + server.ground().data();
    }

    @Override
    public void close() {
        application.close();
        if (ownsServer) {
            server.close();
        }
    }
}
