package dev.tidemark.coordinator.ledger.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.testkit.TemporaryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The embedded server's life: first start, later starts, kills, and who may share a home. */
class EmbeddedServerIT {
    private Path home = Path.of("/nonexistent");

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createTempDirectory("tidemark-server-it-");
    }

    @AfterEach
    void removeHome() {
        TemporaryTree.delete(home);
    }

    @Test
    void a_later_start_finds_the_data_and_takes_less_than_the_first() throws SQLException {
        long begin = System.nanoTime();
        try (Database database = Database.embedded(home)) {
            long first = System.nanoTime() - begin;
            note(database, "kept");
            System.out.printf("embedded first start, with unpacking and initdb: %d ms%n", first / 1_000_000);
        }
        begin = System.nanoTime();
        try (Database database = Database.embedded(home)) {
            System.out.printf("embedded later start: %d ms%n", (System.nanoTime() - begin) / 1_000_000);
            assertThat(notes(database)).containsExactly("kept");
        }
    }

    @Test
    void the_server_is_durable_and_listens_on_loopback_only_and_wants_a_password() throws SQLException {
        try (EmbeddedServer server = EmbeddedServer.start(home);
                Database database = server.database("durable");
                Connection connection = database.application().getConnection()) {
            assertThat(answer(connection, "SHOW fsync")).isEqualTo("on");
            assertThat(answer(connection, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(answer(connection, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(answer(connection, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(answer(connection, "SHOW data_checksums")).isEqualTo("on");
            assertThatThrownBy(() -> DataSources.plain(
                                    "jdbc:postgresql://127.0.0.1:" + server.port() + "/durable",
                                    "tidemark_application",
                                    "guessed")
                            .getConnection())
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void passwords_are_readable_by_their_owner_alone_and_appear_nowhere_else() throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(home);
                Database database = server.database("secrets")) {
            assertThat(database.description()).isNotBlank();
            Path keys = home.resolve("postgres");
            for (String name : List.of("server", "owner", "application")) {
                Path file = keys.resolve(name + ".password");
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
                String secret = Files.readString(file).strip();
                assertThat(Files.readString(server.log())).doesNotContain(secret);
                assertThat(commandLines()).noneMatch(line -> line.contains(secret));
            }
            assertThat(home.resolve("postgres/run/initdb.password")).doesNotExist();
        }
    }

    @Test
    void a_second_coordinator_on_the_same_home_is_told_who_is_there() {
        try (EmbeddedServer first = EmbeddedServer.start(home)) {
            assertThat(first.process()).isPresent();
            assertThatThrownBy(() -> EmbeddedServer.start(home))
                    .isInstanceOf(DatabaseRefused.HomeInUse.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        EmbeddedServer.start(home).close();
    }

    @Test
    void the_server_of_a_killed_coordinator_is_stopped_and_its_data_is_used() throws Exception {
        Process coordinator = OrphaningCoordinator.start(home);
        long orphan = OrphaningCoordinator.serverOf(coordinator);
        coordinator.destroyForcibly().waitFor();
        assertThat(ProcessHandle.of(orphan))
                .as("the server outlives its coordinator")
                .isPresent();

        try (Database database = Database.embedded(home)) {
            assertThat(notes(database)).containsExactly("written before the kill");
            // Where nobody reaps orphans its zombie stays listed, without a program.
            assertThat(ProcessHandle.of(orphan)
                            .flatMap(process -> process.info().command()))
                    .isEmpty();
        }
    }

    @Test
    void a_pid_file_whose_process_is_gone_is_no_obstacle() throws Exception {
        EmbeddedServer server = EmbeddedServer.start(home);
        ProcessHandle process = server.process().orElseThrow();
        process.destroyForcibly();
        await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive());
        assertThat(home.resolve("postgres/data/postmaster.pid")).exists();
        server.close();

        try (Database database = Database.embedded(home)) {
            assertThat(notes(database)).isEmpty();
        }
    }

    @Test
    void a_pid_file_that_names_another_program_is_set_right_and_the_program_is_left_alone() throws Exception {
        EmbeddedServer.start(home).close();
        Process bystander = new ProcessBuilder("sleep", "60").start();
        try {
            Files.writeString(
                    home.resolve("postgres/data/postmaster.pid"),
                    bystander.pid() + "\n" + home.resolve("postgres/data") + "\n1\n5432\n\n127.0.0.1\n\nready\n");
            EmbeddedServer.start(home).close();
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void an_initdb_that_was_interrupted_is_done_again() throws Exception {
        Path data = Files.createDirectories(home.resolve("postgres/data"));
        Files.writeString(data.resolve("half"), "written");
        try (Database database = Database.embedded(home)) {
            assertThat(notes(database)).isEmpty();
        }
    }

    @Test
    void as_root_without_user_namespaces_it_runs_as_an_account_without_rights() throws Exception {
        ServerAccount account = withoutRights();
        // 0711 as most homes: passed through, not listed.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        try (EmbeddedServer server = EmbeddedServer.start(home, account);
                Database database = server.database("stepped_down")) {
            note(database, "as " + account.owner());
            assertThat(server.ground().directory()).isEqualTo(home.resolve("postgres"));
            assertThat(Files.getOwner(server.ground().data()).getName()).isEqualTo(account.owner());
        }
    }

    @Test
    void a_home_that_the_account_cannot_reach_gets_a_place_outside() throws Exception {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        Path outside = null;
        try (EmbeddedServer server = EmbeddedServer.start(home, withoutRights());
                Database database = server.database("outside")) {
            outside = server.ground().directory();
            note(database, "outside");
            assertThat(outside).startsWith(root() ? Path.of("/var/lib/tidemark") : home);
            assertThat(home.resolve("postgres/application.password")).exists();
        }
        // Later, user namespaces may be allowed: the data stays where it is and is still found.
        try (EmbeddedServer server = EmbeddedServer.start(home);
                Database database = server.database("outside")) {
            assertThat(server.ground().directory()).isEqualTo(outside);
            assertThat(notes(database)).containsExactly("outside");
        } finally {
            TemporaryTree.delete(outside);
        }
    }

    @Test
    void the_files_belong_to_whoever_the_server_runs_as_which_is_root_itself_with_user_namespaces() throws Exception {
        try (EmbeddedServer server = EmbeddedServer.start(home)) {
            assertThat(Files.getOwner(server.ground().data()).getName())
                    .isEqualTo(ServerAccount.choose().owner());
        }
    }

    /** Who is not root has nothing to step down from: the server runs as he does, and reaches what he reaches. */
    private static ServerAccount withoutRights() throws IOException {
        return root() ? ServerAccount.unprivileged() : ServerAccount.choose();
    }

    private static boolean root() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private static List<String> commandLines() throws IOException {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.map(process -> process.info().commandLine().orElse("")).toList();
        }
    }

    static void note(Database database, String text) throws SQLException {
        try (Connection connection = database.migration().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS tidemark.note (text text)");
            statement.execute("INSERT INTO tidemark.note VALUES ('" + text + "')");
        }
    }

    private static List<String> notes(Database database) throws SQLException {
        List<String> notes = new ArrayList<>();
        try (Connection connection = database.migration().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS tidemark.note (text text)");
            try (ResultSet rows = statement.executeQuery("SELECT text FROM tidemark.note")) {
                while (rows.next()) {
                    notes.add(rows.getString(1));
                }
            }
        }
        return notes;
    }

    private static String answer(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
