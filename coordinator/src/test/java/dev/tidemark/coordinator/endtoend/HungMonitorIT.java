package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.GatewaySettings.Patience;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * QEMU is stopped right when a transaction has reached it, for longer than anybody waits, and executes it when it goes on.
 * What was given up has ended in the log; its late effect must never lead to a wrong incremental.
 */
@Timeout(300)
class HungMonitorIT {
    private static final Duration QUERY_MAX = Duration.ofSeconds(2);
    private static final Duration TRANSACTION_MAX = Duration.ofSeconds(3);
    private static final ShortDirectory FILES = ShortDirectory.create();
    private static final Path HOME = FILES.resolve("home");
    private static LocalCoordinator coordinator;
    private static Gateway gateway;

    private final Machine machine = new Machine(2);
    private final LateWire wire = new LateWire(machine.socket(), machine.file("wire"));
    private final Api api = new Api(HOME);
    private final Client client = new Client(api, machine, machine.file("restores"));

    @BeforeAll
    static void start() throws IOException {
        coordinator = LocalCoordinator.startWithoutGateway(HOME);
        HostName host = new HostName("here");
        HttpLink link = new HttpLink(
                URI.create(new Api(HOME).server()),
                host,
                Files.readString(HOME.resolve("admin.token")).strip());
        gateway = Gateway.start(
                GatewaySettings.of(
                                host,
                                Map.of(new RepositoryName("default"), HOME.resolve("repositories/default")),
                                FILES.resolve("locks"))
                        .with(Patience.USUAL.answering(QUERY_MAX, TRANSACTION_MAX)),
                new HastyLink(link));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        coordinator.close();
        FILES.close();
    }

    @BeforeEach
    void first() {
        client.register(wire.socket());
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.writeGranule("d0", 2);
        machine.writeGranule("d1", 3);
    }

    @AfterEach
    void close() {
        wire.close();
        machine.close();
    }

    @Test
    @Covers({"#30", "#1"})
    void a_checkpoint_that_qemu_makes_after_it_was_given_up_breaks_the_chain() {
        JsonNode wish = hung(() -> api.start(client.path("/checkpoints"), Map.of("name", "late")));
        JsonNode failed = api.failed(wish, "MACHINE_UNAVAILABLE");
        assertThat(failed.path("error").asString("")).contains("nobody knows");
        assertDoubted(wish);
        goOn();
        String late = "tm-" + wish.path("target").asString("");
        Awaitility.await().until(() -> machine.bitmaps("d0").containsKey(late));
        wire.release();
        thenFull("DELETED_BITMAP_REAPPEARED");
        assertThat(machine.bitmaps("d0")).doesNotContainKey(late);
    }

    @Test
    @Covers({"#30", "#4"})
    void a_deletion_that_qemu_makes_after_it_was_given_up_is_noticed() {
        client.checkpoint("c1");
        machine.writeGranule("d0", 4);
        JsonNode wish = hung(() -> api.delete(client.path("/checkpoints/c1")));
        String gone = "tm-" + wish.path("target").asString("");
        assertThat(machine.daemon().isAlive()).isTrue();
        api.failed(wish, "MACHINE_UNAVAILABLE");
        assertDoubted(wish);
        goOn();
        Awaitility.await().until(() -> !machine.bitmaps("d0").containsKey(gone));
        wire.release();
        thenFull("BITMAP_MISSING");
    }

    @Test
    @Covers({"#30", "#14"})
    void a_backup_that_qemu_starts_after_it_was_given_up_is_put_away() {
        JsonNode wish = hung(() -> client.startBackup(Map.of("bytesPerSecondMax", 65_536)));
        api.failed(wish, "MACHINE_UNAVAILABLE");
        assertThat(client.backup(wish).path("state").asString("")).isEqualTo("FAILED");
        assertDoubted(wish);
        goOn();
        Awaitility.await().until(() -> machine.leftovers().stream().anyMatch(thing -> thing.startsWith("job ")));
        wire.release();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> machine.leftovers().isEmpty());
        assertThat(client.drift()).contains("LEFTOVER_JOB REMOVED").noneMatch(one -> one.contains("QUARANTINED"));
        thenFull("DELETED_BITMAP_REAPPEARED");
    }

    @Test
    @Covers("#30")
    void a_machine_that_hangs_can_be_let_go_with_what_is_pending_and_the_log_says_who_decided() {
        JsonNode wish = hung(() -> api.start(client.path("/checkpoints"), Map.of("name", "late")));
        client.awaitSeen("UNKNOWN");
        Api.Answer refused = api.send("DELETE", client.path("?keepBitmaps=true"), null);
        assertThat(refused.status()).as("%s", refused.body()).isEqualTo(409);
        api.done(api.delete(client.path("?keepBitmaps=true&force=true")));
        api.failed(wish, "MACHINE_REMOVED");
        goOn();
    }

    /** Asks for something whose transaction reaches a QEMU that has just been stopped. */
    private JsonNode hung(java.util.function.Supplier<JsonNode> wish) {
        wire.holdNext(() -> machine.daemon().pause());
        JsonNode asked = wish.get();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(wire::holds);
        return asked;
    }

    /** Before it was given up, the log said that nobody knows. */
    private void assertDoubted(JsonNode wish) {
        assertThat(client.events("operation-in-doubt"))
                .extracting(event -> event.path("data").path("operation").asString(""))
                .contains(wish.path("id").asString(""));
    }

    private void goOn() {
        machine.daemon().resume();
    }

    private void thenFull(String cause) {
        client.awaitSeen("UP");
        machine.writeGranule("d0", 9);
        Client.Made next = client.backUp();
        assertThat(List.of(next.kind("d0"), next.kind("d1"))).containsExactly("FULL " + cause, "FULL " + cause);
        machine.writeGranule("d1", 10);
        assertThat(client.backUp().kind("d1")).isEqualTo("INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(HOME.resolve("repositories/default"));
    }
}
