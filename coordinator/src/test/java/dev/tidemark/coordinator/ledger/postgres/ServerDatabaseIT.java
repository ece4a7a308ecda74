package dev.tidemark.coordinator.ledger.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.coordinator.view.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that somebody else runs: what it is trusted with, and what it is refused for. */
class ServerDatabaseIT {
    private static Path home = Path.of("/nonexistent");
    private static @Nullable EmbeddedServer given;
    private static ServerAddress address = new ServerAddress("jdbc:postgresql:", Optional.empty(), Optional.empty());

    /** The server of somebody else: only its superuser and a password file are known. */
    @BeforeAll
    static void start() throws IOException {
        home = Files.createTempDirectory("tidemark-given-it-");
        given = EmbeddedServer.start(home);
        address = new ServerAddress(
                "jdbc:postgresql://127.0.0.1:" + given.port() + "/postgres?user=" + EmbeddedServer.SUPERUSER,
                Optional.of(home.resolve("postgres/server.password")),
                Optional.empty());
    }

    @AfterAll
    static void stop() {
        if (given != null) {
            given.close();
        }
        TemporaryTree.delete(home);
    }

    @Test
    void without_a_login_of_its_own_the_application_takes_on_its_role() throws SQLException {
        try (Database database = Database.at(address);
                Connection connection = database.application().getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(one(statement, "SELECT current_user")).isEqualTo("tidemark_application");
            assertThatThrownBy(() -> statement.execute("DELETE FROM tidemark.domain_event_entry"))
                    .hasMessageContaining("permission denied");
            statement.execute("RESET ROLE");
            assertThat(one(statement, "SELECT current_user")).isEqualTo("tidemark_application");
            assertThat(database.description()).doesNotContain("user=");
        }
    }

    @Test
    void a_server_without_fsync_is_refused() throws Exception {
        try (Database database = Database.at(address)) {
            run(database, "ALTER SYSTEM SET fsync = off");
            run(database, "SELECT pg_reload_conf()");
            awaitForWhoeverComes(database, "fsync", "off");
            assertThatThrownBy(() -> Database.at(address))
                    .isInstanceOf(DatabaseRefused.NotDurable.class)
                    .hasMessageContaining("fsync=off");
            run(database, "ALTER SYSTEM RESET fsync");
            run(database, "SELECT pg_reload_conf()");
            awaitForWhoeverComes(database, "fsync", "on");
            Database.at(address).close();
        }
    }

    @Test
    void a_role_without_synchronous_commit_is_refused() throws Exception {
        try (Database database = Database.at(address)) {
            run(database, "ALTER ROLE " + EmbeddedServer.SUPERUSER + " SET synchronous_commit = off");
            assertThatThrownBy(() -> Database.at(address)).isInstanceOf(DatabaseRefused.NotDurable.class);
            run(database, "ALTER ROLE " + EmbeddedServer.SUPERUSER + " RESET synchronous_commit");
        }
    }

    @Test
    void a_schema_of_a_newer_version_is_refused_and_so_is_a_half_finished_one() throws Exception {
        try (Database database = Database.at(address)) {
            String row = "INSERT INTO tidemark.flyway_schema_history VALUES (999, '999', 'from the future', 'SQL',"
                    + " 'V999__from_the_future.sql', 1, 'x', now(), 1, ";
            run(database, row + "true)");
            assertThatThrownBy(() -> Database.at(address))
                    .isInstanceOf(DatabaseRefused.SchemaMismatch.class)
                    .hasMessageContaining("newer Tidemark");
            run(database, "DELETE FROM tidemark.flyway_schema_history WHERE installed_rank = 999");
            run(database, row + "false)");
            assertThatThrownBy(() -> Database.at(address))
                    .isInstanceOf(DatabaseRefused.SchemaMismatch.class)
                    .hasMessageContaining("not finished");
            run(database, "DELETE FROM tidemark.flyway_schema_history WHERE installed_rank = 999");
        }
    }

    @Test
    void a_schema_that_another_migration_of_the_same_number_made_is_refused() throws Exception {
        try (Database database = Database.at(address)) {
            String changed =
                    "UPDATE tidemark.flyway_schema_history SET checksum = checksum %s 1 WHERE version = '2.35'";
            run(database, changed.formatted("+"));
            assertThatThrownBy(() -> Database.at(address))
                    .isInstanceOf(DatabaseRefused.SchemaMismatch.class)
                    .hasMessageContaining("checksum mismatch");
            run(database, changed.formatted("-"));
        }
    }

    @Test
    void a_database_of_the_release_before_keeps_its_operations_and_takes_every_kind_there_is() throws Exception {
        try (Database server = Database.at(address)) {
            run(server, "CREATE DATABASE earlier");
        }
        String url = address.url().replace("/postgres?", "/earlier?");
        Flyway.configure()
                .dataSource(url, EmbeddedServer.SUPERUSER, password())
                .schemas(Migrations.SCHEMA)
                .defaultSchema(Migrations.SCHEMA)
                .locations("classpath:db/migration")
                .target("2.12")
                .load()
                .migrate();
        ServerAddress earlier = new ServerAddress(url, address.ownerPasswordFile(), Optional.empty());
        Set<OperationKind> later = EnumSet.noneOf(OperationKind.class);
        try (Connection connection = DriverManager.getConnection(url, EmbeddedServer.SUPERUSER, password())) {
            for (OperationKind kind : OperationKind.values()) {
                Throwable unknown = catchThrowable(() -> begin(connection, kind.name()));
                if (unknown != null) {
                    assertThat(unknown).hasMessageContaining("operation_kind_check");
                    later.add(kind);
                }
            }
        }
        assertThat(later).contains(OperationKind.ABORT_OPERATION).doesNotContain(OperationKind.MERGE_BACKUP);
        try (Database database = Database.at(earlier);
                Connection connection = database.application().getConnection()) {
            for (OperationKind kind : later) {
                begin(connection, kind.name());
            }
            try (Statement statement = connection.createStatement()) {
                assertThat(one(statement, "SELECT count(*) FROM tidemark.operation"))
                        .isEqualTo(String.valueOf(OperationKind.values().length));
            }
            assertThatThrownBy(() -> begin(connection, "ANYTHING")).hasMessageContaining("operation_kind_check");
        }
    }

    private static void begin(Connection connection, String kind) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("""
                INSERT INTO tidemark.operation (id, vm, kind, state, target, events, version, started_at)
                VALUES (?, 'vm', ?, 'PENDING', 'target', 1, (SELECT count(*) FROM tidemark.operation), now())
                """)) {
            row.setString(1, kind);
            row.setString(2, kind);
            row.executeUpdate();
        }
    }

    private static String password() throws IOException {
        return Files.readString(home.resolve("postgres/server.password")).strip();
    }

    @Test
    void a_log_that_could_be_rewritten_is_refused() throws Exception {
        try (Database database = Database.at(address)) {
            run(database, "GRANT DELETE ON tidemark.domain_event_entry TO tidemark_application");
            assertThatThrownBy(() -> Database.at(address))
                    .isInstanceOf(DatabaseRefused.HistoryUnprotected.class)
                    .hasMessageContaining("may delete events");
            run(database, "REVOKE DELETE ON tidemark.domain_event_entry FROM tidemark_application");
        }
    }

    @Test
    void nobody_there_is_said_plainly_and_without_secrets() {
        ServerAddress nowhere = new ServerAddress(
                "jdbc:postgresql://127.0.0.1:1/x?user=u", address.ownerPasswordFile(), Optional.empty());
        assertThatThrownBy(() -> Database.at(nowhere))
                .isInstanceOf(DatabaseRefused.Unreachable.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageNotContaining("user=");
        for (String secret : List.of("jdbc:postgresql://h/x?PassWord=p", "jdbc:postgresql://u:hunter2@h/x?user=u")) {
            assertThatThrownBy(() -> new ServerAddress(secret, Optional.empty(), Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hunter2");
        }
    }

    private static void run(Database database, String command) throws SQLException {
        try (Connection connection = database.migration().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    /** The server has read its settings anew: every session that begins from now on has this one. */
    private static void awaitForWhoeverComes(Database database, String setting, String value) {
        await().until(() -> {
            try (Connection connection = database.migration().getConnection();
                    Statement statement = connection.createStatement()) {
                return one(statement, "SHOW " + setting).equals(value);
            }
        });
    }

    private static String one(Statement statement, String question) throws SQLException {
        try (ResultSet rows = statement.executeQuery(question)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
