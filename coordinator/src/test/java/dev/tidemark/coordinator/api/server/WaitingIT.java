package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.api.resource.Operations;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Stall;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Waiting for operations: woken at once, given up in time, cheap by the thousand. */
class WaitingIT {
    private static final Served SERVED = new Served();
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:06Z");
    private static final ExecutorService CALLERS = Executors.newVirtualThreadPerTaskExecutor();

    @AfterAll
    static void close() {
        SERVED.close();
        CALLERS.close();
    }

    /** Nobody looks around meanwhile: without a word they would all wait until their time is over. */
    @Test
    void the_end_wakes_at_once() {
        MachineId machine = SERVED.machine("woken");
        SERVED.engine.blind = true;
        try {
            for (int round = 0; round < 3; round++) {
                OperationId operation = SERVED.started("/v1/vms/woken/checkpoints", "{}");
                CompletableFuture<Served.Answer> waiting = waiting(operation, 60);
                awaitWaiting(1);
                assertThat(waiting).isNotDone();
                long before = System.nanoTime();
                fail(machine, operation);
                Served.Answer answer = waiting.join();
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
                assertThat(answer.json().path("state").asString()).isEqualTo("FAILED");
                assertThat(answer.json().path("code").asString()).isEqualTo("QEMU_REFUSED");
                assertThat(answer.json().path("remedy").asString()).isNotEmpty();
            }
        } finally {
            SERVED.engine.blind = false;
        }
    }

    @Test
    void what_has_ended_is_not_waited_for() {
        MachineId machine = SERVED.machine("ended");
        OperationId operation = SERVED.started("/v1/vms/ended/checkpoints", "{}");
        fail(machine, operation);
        long before = System.nanoTime();
        assertThat(SERVED.get("/v1/operations/" + operation + "?wait=30").status())
                .isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void when_the_time_is_over_the_operation_is_told_as_it_is() {
        SERVED.machine("slow");
        OperationId operation = SERVED.started("/v1/vms/slow/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        SERVED.engine.progress(new Progress(
                new MachineId(SERVED.get("/v1/vms/slow").json().path("id").asString()), operation, "COPY", 5, 10));
        long before = System.nanoTime();
        Served.Answer answer = SERVED.get("/v1/operations/" + operation + "?wait=1");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(900));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("state").asString()).isEqualTo("RUNNING");
        assertThat(answer.json().path("progress").path("bytesDone").asLong()).isEqualTo(5);
    }

    @Test
    void a_backup_shows_how_far_it_is_how_fast_and_how_long_it_will_take() {
        SERVED.machine("paced");
        OperationId operation = SERVED.started("/v1/vms/paced/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        MachineId machine =
                new MachineId(SERVED.get("/v1/vms/paced").json().path("id").asString());
        SERVED.engine.progress(new Progress(machine, operation, "COPY", 400, 1_000));
        SERVED.engine.bytesPerSecond = OptionalLong.of(70);
        JsonNode backup =
                SERVED.get("/v1/vms/paced/backups").json().path("backups").path(0);
        assertThat(backup.path("progress").toString())
                .isEqualTo("{\"phase\":\"COPY\",\"bytesDone\":400,\"bytesTotal\":1000,\"bytesPerSecond\":70,"
                        + "\"secondsLeft\":9,\"stalledSince\":null,\"awaits\":null}");
        assertThat(SERVED.get("/v1/operations/" + operation).json().path("progress"))
                .isEqualTo(backup.path("progress"));
        // Then it stands still: what its pace was tells nobody how long that lasts.
        Instant since = Instant.parse("2026-07-01T10:00:00Z");
        SERVED.engine.progress(new Progress(
                machine, operation, "COPY", 400, 1_000, Optional.of(new Stall(since, "the last write to its target"))));
        JsonNode stalled = SERVED.get("/v1/operations/" + operation).json().path("progress");
        assertThat(stalled.toString())
                .isEqualTo("{\"phase\":\"COPY\",\"bytesDone\":400,\"bytesTotal\":1000,\"bytesPerSecond\":null,"
                        + "\"secondsLeft\":null,\"stalledSince\":\"2026-07-01T10:00:00Z\","
                        + "\"awaits\":\"the last write to its target\"}");
        SERVED.engine.bytesPerSecond = OptionalLong.empty();
    }

    @Test
    void a_backup_that_waits_is_queued_and_tells_for_what() {
        SERVED.machine("queued");
        OperationId operation =
                SERVED.started("/v1/vms/queued/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        SERVED.engine.waiting.put(operation, "host 'a' has 1 at a time: another");
        JsonNode backup =
                SERVED.get("/v1/vms/queued/backups").json().path("backups").path(0);
        assertThat(backup.path("state").asString()).isEqualTo("QUEUED");
        assertThat(backup.path("waitsFor").asString()).contains("host 'a'");
        JsonNode open = SERVED.get("/v1/operations/" + operation).json();
        assertThat(open.path("state").asString()).isEqualTo("PENDING");
        assertThat(open.path("waitsFor").asString()).contains("host 'a'");
        SERVED.engine.waiting.clear();
        assertThat(SERVED.get("/v1/vms/queued/backups")
                        .json()
                        .path("backups")
                        .path(0)
                        .path("state")
                        .asString())
                .isEqualTo("REQUESTED");
    }

    @Test
    void another_event_of_the_operation_does_not_end_the_wait() throws InterruptedException {
        MachineId machine = SERVED.machine("patient");
        BackupId backup = SERVED.backup("patient");
        SERVED.engine.tell(new BackupCompleted(
                machine,
                new OperationId(SERVED.get("/v1/backups/" + backup)
                        .json()
                        .path("operation")
                        .asString()),
                backup,
                new RepositoryName("default"),
                Optional.empty(),
                List.of(),
                NOW));
        OperationId verification = SERVED.started("/v1/backups/" + backup + "/verify", "{}");
        CompletableFuture<Served.Answer> waiting = waiting(verification, 60);
        awaitWaiting(1);
        SERVED.engine.tell(new OperationInDoubt(machine, verification, "cannot tell yet", NOW));
        Thread.sleep(300);
        assertThat(waiting).isNotDone();
        SERVED.engine.tell(new BackupVerified(machine, verification, backup, 4096, NOW));
        assertThat(waiting.join().json().path("result").path("bytes").asLong()).isEqualTo(4096);
    }

    @Test
    void a_thousand_wait_and_others_are_still_served() {
        MachineId machine = SERVED.machine("crowd");
        OperationId operation = SERVED.started("/v1/vms/crowd/checkpoints", "{}");
        List<CompletableFuture<Served.Answer>> crowd = new ArrayList<>();
        for (int caller = 0; caller < 1000; caller++) {
            crowd.add(waiting(operation, 60));
        }
        // Whoever was not let in would not wait: asked for first, because it says why.
        Operations operations = SERVED.server.context().getBean(Operations.class);
        await().until(() -> operations.waiting() >= 1000 || crowd.stream().anyMatch(CompletableFuture::isDone));
        assertThat(crowd).noneMatch(CompletableFuture::isDone);
        for (int request = 0; request < 20; request++) {
            assertThat(SERVED.get("/v1/vms/crowd").status()).isEqualTo(200);
        }
        assertThat(crowd).noneMatch(CompletableFuture::isDone);
        SERVED.engine.tell(new MachineRemoved(machine, new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FB7"), NOW));
        assertThat(crowd)
                .allSatisfy(
                        waiting -> assertThat(waiting.join().json().path("code").asString())
                                .isEqualTo("MACHINE_REMOVED"));
    }

    @Test
    void a_stop_lets_those_who_wait_go() {
        Served served = new Served();
        served.machine("stopped");
        OperationId operation = served.started("/v1/vms/stopped/checkpoints", "{}");
        CompletableFuture<Served.Answer> waiting =
                CompletableFuture.supplyAsync(() -> served.get("/v1/operations/" + operation + "?wait=60"), CALLERS);
        awaitWaiting(served, 1);
        long before = System.nanoTime();
        served.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        assertThat(waiting.join().json().path("state").asString()).isEqualTo("PENDING");
    }

    private static CompletableFuture<Served.Answer> waiting(OperationId operation, int seconds) {
        return CompletableFuture.supplyAsync(
                () -> SERVED.get("/v1/operations/" + operation + "?wait=" + seconds), CALLERS);
    }

    private static void awaitWaiting(int count) {
        awaitWaiting(SERVED, count);
    }

    /** They have not only asked: the server has them wait. */
    private static void awaitWaiting(Served served, int count) {
        Operations operations = served.server.context().getBean(Operations.class);
        await().pollInterval(Duration.ofMillis(5)).until(() -> operations.waiting() >= count);
    }

    private static void fail(MachineId machine, OperationId operation) {
        CheckpointId checkpoint = new CheckpointId(
                SERVED.get("/v1/operations/" + operation).json().path("target").asString());
        SERVED.engine.tell(new CheckpointFailed(machine, operation, checkpoint, FailureCode.QEMU_REFUSED, "no", NOW));
    }
}
