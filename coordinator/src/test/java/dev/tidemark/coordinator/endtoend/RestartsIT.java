package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A coordinator that is killed, as a process of its own, and finds out what became of what it had begun. */
@Timeout(300)
class RestartsIT {
    private static final Map<String, Integer> SLOW = Map.of("bytesPerSecondMax", 262_144);

    /** Slow enough to be in its midst whatever else the machine does. */
    private static final Map<String, Integer> NEVER_DONE = Map.of("bytesPerSecondMax", 65_536);

    private final Stage stage;
    private final Service service;
    private final Machine machine = new Machine(1);
    private final Client client;

    RestartsIT() throws IOException {
        stage = Stage.open("tmr", false);
        service = stage.service();
        Path home = stage.directory().resolve("home");
        client = new Client(new Api(home), machine, stage.directory().resolve("restores"));
    }

    @BeforeEach
    void first() {
        service.start();
        client.register();
        client.backUp();
        machine.write("d0", 0, 1 << 20);
    }

    @AfterEach
    void close() {
        stage.close();
        machine.close();
    }

    @Test
    @Covers({"#14", "#15"})
    void a_job_that_runs_over_a_kill_is_adopted_and_one_that_ended_meanwhile_is_believed() {
        // given a job that still runs when the next coordinator comes
        Map<String, byte[]> truth = machine.contents();
        JsonNode running = started();
        service.kill();
        machine.writeGranule("d0", 3);
        service.start();
        assertThat(client.completed(running, truth).kind("d0")).isEqualTo("INCREMENTAL");

        // given a job that concludes while nobody is there
        machine.write("d0", 1 << 20, 1 << 20);
        truth = machine.contents();
        JsonNode ending = started();
        service.kill();
        machine.writeGranule("d0", 20);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        machine.qmp("{\"execute\":\"query-jobs\"}").toString().contains("concluded"));
        service.start();
        assertThat(client.completed(ending, truth).kind("d0")).isEqualTo("INCREMENTAL");
        then("INCREMENTAL");
    }

    @Test
    @Covers("#16")
    void a_job_that_is_gone_with_its_qemu_fails_and_the_next_is_full() {
        JsonNode running = started(NEVER_DONE);
        service.kill();
        machine.daemon().kill();
        machine.daemon().startAgain();
        machine.writeGranule("d0", 50);
        service.start();
        JsonNode ended = new Api(stage.directory().resolve("home")).ended(running);
        assertThat(ended.path("state").asString("")).as("%s", ended).isEqualTo("FAILED");
        assertThat(ended.path("remedy").asString("")).isNotBlank();
        then("FULL BITMAP_MISSING");
    }

    @Test
    void what_was_asked_for_right_before_a_kill_is_done_once_or_not_at_all() {
        for (int round = 0; round < 2; round++) {
            String name = "k" + round;
            JsonNode asked =
                    new Api(stage.directory().resolve("home")).start(client.path("/checkpoints"), Map.of("name", name));
            service.kill();
            machine.writeGranule("d0", 40 + round);
            service.start();
            new Api(stage.directory().resolve("home")).done(asked);
        }
        assertThat(client.events("checkpoint-created")).hasSize(3);
        then("INCREMENTAL");
    }

    @Test
    void a_deletion_that_was_asked_for_right_before_a_kill_is_done_and_what_stays_restores() {
        Path home = stage.directory().resolve("home");
        for (int round = 0; round < 3; round++) {
            machine.writeGranule("d0", 30 + round);
            Made newest = client.backUp();
            JsonNode asked = new Api(home).delete("/v1/backups/" + newest.id());
            service.kill();
            service.start();
            new Api(home).done(asked);
            client.forget(newest);
            assertThat(new Api(home)
                            .get("/v1/backups/" + newest.id())
                            .path("state")
                            .asString(""))
                    .isEqualTo("DELETED");
        }
        assertThat(client.events("backup-deleted")).hasSize(3);
        then("INCREMENTAL");
    }

    @Test
    void a_policy_that_is_being_applied_over_a_kill_loses_nothing_that_it_keeps() throws Exception {
        // given a chain that is to go, and a full backup that stays
        for (int round = 0; round < 3; round++) {
            machine.writeGranule("d0", 30 + round);
            client.backUp();
        }
        Made kept = client.backUp(Map.of("kind", "FULL"));
        assertThat(tidemark("retention", "set", client.vm(), "--keep-last", "1"))
                .isZero();
        // when
        Thread applying = Thread.ofPlatform().start(() -> tidemark("retention", "apply", client.vm()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !client.events("backup-deletion-requested").isEmpty());
        service.kill();
        service.start();
        applying.join();
        // then
        assertThat(tidemark("retention", "apply", client.vm())).isZero();
        client.made().stream().filter(made -> !made.equals(kept)).forEach(client::forget);
        assertThat(client.events("backup-deleted")).hasSize(4);
        assertThat(machine.bitmaps("d0")).hasSize(1);
        then("INCREMENTAL");
    }

    @Test
    void what_is_served_over_a_kill_is_served_again_and_what_was_to_end_is_gone() {
        Path home = stage.directory().resolve("home");
        Api api = new Api(home);
        Exports exports = new Exports(api, home);
        Puller reader = new Puller(api, machine.file("."));
        Made made = client.made().getFirst();
        JsonNode read = exports.opened(made.id(), Map.of());
        JsonNode written = exports.opened(made.id(), Map.of("writable", true));
        JsonNode ending = exports.opened(made.id(), Map.of("writable", true));
        exports.lookingIn(read);
        RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 0x5a 64k 4k", Exports.uri(written));
        byte[] expected = reader.copied(written).get("d0");
        // when
        JsonNode asked = exports.ending(ending);
        service.kill();
        for (JsonNode export : List.of(read, written, ending)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> exports.processes(Exports.id(export)).isEmpty());
        }
        service.start();
        // then
        api.done(asked);
        exports.assertNothingIsLeft(ending);
        exports.awaitReadable(read);
        exports.awaitReadable(written);
        assertThat(reader.copied(read).get("d0")).isEqualTo(made.truth().get("d0"));
        assertThat(reader.copied(written).get("d0"))
                .isEqualTo(expected)
                .isNotEqualTo(made.truth().get("d0"));
        exports.end(read);
        exports.end(written);
        then("INCREMENTAL");
    }

    private int tidemark(String... arguments) {
        Map<String, String> environment =
                Map.of("TIDEMARK_HOME", stage.directory().resolve("home").toString());
        return new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(
                        new Terminal(new ByteArrayOutputStream(), new ByteArrayOutputStream(), environment, false),
                        arguments);
    }

    private JsonNode started() {
        return started(SLOW);
    }

    private JsonNode started(Map<String, Integer> speed) {
        JsonNode operation = client.startBackup(speed);
        new Api(stage.directory().resolve("home")).awaitState(operation, "RUNNING");
        return operation;
    }

    private void then(String kind) {
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo(kind);
        machine.writeGranule("d0", 63);
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(stage.directory().resolve("home/repositories/default"));
    }
}
