package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.ledger.postgres.EmbeddedServer;
import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * The database of an earlier version, dumped by pg_dump, is migrated by this one and tells the same. What lies beside the dump was
 * answered by the version that wrote it, of two machines: one with six backups, one whose chain broke; and by then with a snapshot each
 * 25 events, tokens, a hold, a retention policy and a signed head. Later versions never edit these files: they are what is out there.
 */
@Timeout(300)
class UpgradeIT {
    private static final Path OLD = Path.of("src", "test", "resources", "upgrade", "2026-11-22");

    private static final Path DIRECTORY = directory();
    private static final EmbeddedServer SERVER = EmbeddedServer.start(DIRECTORY.resolve("database"));
    private static final Path HOME = DIRECTORY.resolve("home");
    private static final Api API = new Api(HOME);
    private static final LocalCoordinator COORDINATOR = LocalCoordinator.startWithoutGateway(HOME, restored());

    private static Path directory() {
        try {
            return Files.createTempDirectory("tidemark-upgrade-");
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static ServerAddress restored() {
        ServerAddress address = SERVER.lend("old");
        try (Connection owner = DriverManager.getConnection(
                        address.url(),
                        null,
                        Files.readString(address.ownerPasswordFile().orElseThrow())
                                .strip());
                Statement statement = owner.createStatement()) {
            statement.execute("""
                    DO $$ BEGIN
                        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tidemark_application') THEN
                            CREATE ROLE tidemark_application NOLOGIN;
                            GRANT tidemark_application TO CURRENT_USER;
                        END IF;
                    END $$
                    """);
            // Lines that begin so are for psql itself.
            statement.execute(Files.readAllLines(OLD.resolve("dump.sql")).stream()
                    .filter(line -> !line.startsWith("\\"))
                    .collect(Collectors.joining("\n")));
            return address;
        } catch (IOException | SQLException failure) {
            throw new AssertionError("the dump cannot be restored", failure);
        }
    }

    @AfterAll
    static void clear() {
        COORDINATOR.close();
        SERVER.close();
        TemporaryTree.delete(DIRECTORY);
    }

    private static JsonNode old(String name) throws IOException {
        return Json.MAPPER.readTree(Files.readString(OLD.resolve(name + ".json")));
    }

    /** Where something that was told before is told otherwise now. More may be told. */
    private static List<String> changes(String place, JsonNode before, JsonNode now) {
        List<String> changes = new ArrayList<>();
        if (before.isObject()) {
            before.propertyStream()
                    // Nobody looks at these machines any more.
                    .filter(member -> !member.getKey().equals("dirtyBytes") && !place.endsWith(".explanation"))
                    .forEach(member -> changes.addAll(
                            changes(place + "." + member.getKey(), member.getValue(), now.path(member.getKey()))));
        } else if (before.isArray() && now.size() == before.size()) {
            for (int index = 0; index < before.size(); index++) {
                changes.addAll(changes(place + "[" + index + "]", before.get(index), now.path(index)));
            }
        } else if (!before.equals(now)) {
            changes.add(place + ": " + before + " became " + now);
        }
        return changes;
    }

    private static int tidemark(String... arguments) {
        return new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(
                        new Terminal(
                                new ByteArrayOutputStream(),
                                new ByteArrayOutputStream(),
                                Map.of("TIDEMARK_HOME", HOME.toString()),
                                false),
                        arguments);
    }

    /** The log alone against the head that was signed then: nobody signed acts and tokens in those days. */
    private static int judged() throws IOException {
        Path export = Files.createTempDirectory(DIRECTORY, "export").resolve("log");
        assertThat(tidemark("audit", "export", "--to", export.toString())).isZero();
        for (String book : List.of(".acts", ".tokens")) {
            Files.delete(export.resolveSibling(export.getFileName() + book));
        }
        return tidemark(
                "audit",
                "verify",
                "--log-only",
                "--export",
                export.toString(),
                "--heads",
                OLD.resolve("heads.ndjson").toString(),
                "--key",
                OLD.resolve("head-key.pub.pem").toString());
    }

    private static int status(String token) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(API.server() + "/v1/vms"))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        Contract.require(answer);
        return answer.statusCode();
    }

    @Test
    void machines_chains_backups_and_tokens_are_what_they_were_and_the_log_is_what_was_written() throws Exception {
        for (String vm : List.of("web", "db")) {
            assertThat(changes(vm, old("chain-" + vm), API.get("/v1/vms/" + vm + "/chain")))
                    .isEmpty();
            assertThat(changes(vm, old("backups-" + vm), API.get("/v1/vms/" + vm + "/backups?deleted=true")))
                    .isEmpty();
            assertThat(changes(vm, old("checkpoints-" + vm), API.get("/v1/vms/" + vm + "/checkpoints")))
                    .isEmpty();
        }
        // and a difference would be seen
        assertThat(changes("web", old("chain-web"), API.get("/v1/vms/db/chain")))
                .isNotEmpty();

        assertThat(status(old("nightly").path("token").asString(""))).isEqualTo(200);
        assertThat(status(old("gone").path("token").asString(""))).isEqualTo(401);

        assertThat(judged()).isZero();

        // and it goes on: what is appended follows on what was there
        assertThat(tidemark("retention", "set", "db", "--keep-last", "3")).isZero();
        assertThat(judged()).isZero();
        assertThat(API.get("/v1/vms/db/chain").path("version").asLong())
                .isEqualTo(old("chain-db").path("version").asLong() + 1);
        // and one changed letter is found
        try (Connection superuser = SERVER.reading("old").getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute("ALTER TABLE tidemark.domain_event_entry DISABLE TRIGGER USER");
            assertThat(statement.executeUpdate("""
                            UPDATE tidemark.domain_event_entry
                               SET payload = replace(payload::text, 'the first one', 'the worst one')::json
                             WHERE payload::text LIKE '%the first one%'
                            """)).isPositive();
        }
        assertThat(judged()).isEqualTo(9);
    }
}
