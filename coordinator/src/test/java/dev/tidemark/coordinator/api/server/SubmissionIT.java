package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Starting things: once, twice, with a key, and only in thought. */
class SubmissionIT {
    private static final Served SERVED = new Served();

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void what_is_accepted_answers_with_its_operation() {
        SERVED.machine("accepted");
        Served.Answer answer = SERVED.post("/v1/vms/accepted/checkpoints", "{\"name\":\"monday\",\"disks\":[\"vda\"]}");
        assertThat(answer.status()).isEqualTo(202);
        String id = answer.json().path("id").asString();
        assertThat(answer.headers().firstValue("Location")).contains("/v1/operations/" + id);
        assertThat(answer.json().path("kind").asString()).isEqualTo("CREATE_CHECKPOINT");
        assertThat(answer.json().path("state").asString()).isEqualTo("PENDING");
        assertThat(answer.json().path("caller").asString()).isEqualTo("admin");
        assertThat(answer.json().path("events").asInt()).isEqualTo(1);
        assertThat(SERVED.get("/v1/operations/" + id).json()).isEqualTo(answer.json());
        assertThat(SERVED.get("/v1/vms/accepted/checkpoints/monday")
                        .json()
                        .path("state")
                        .asString())
                .isEqualTo("REQUESTED");
    }

    @Test
    void a_dry_run_writes_nothing() {
        SERVED.machine("thought");
        long before = rows();
        Served.Answer answer = SERVED.post("/v1/vms/thought/checkpoints?dryRun=true", "{}", "Idempotency-Key", "dry");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("decision").asString()).isEqualTo("ACCEPTED");
        assertThat(answer.json().path("events").path(0).path("type").asString()).isEqualTo("checkpoint-requested.v1");
        assertThat(answer.json().path("transaction").path("execute").asString()).isEqualTo("transaction");
        assertThat(answer.json().path("explanation").path(0).asString()).isEqualTo("so it would be");
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void a_rejection_is_the_same_problem_dry_or_not() {
        SERVED.machine("rejecting");
        OperationId other = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        Map<Rejected.Kind, Integer> statuses = Map.of(
                Rejected.Kind.BAD_REQUEST, 400,
                Rejected.Kind.NOT_FOUND, 404,
                Rejected.Kind.CONFLICT, 409,
                Rejected.Kind.FULL_REQUIRED, 409,
                Rejected.Kind.UNSUPPORTED, 422,
                Rejected.Kind.UNAVAILABLE, 503);
        Map<Rejected.Kind, String> codes = Map.of(
                Rejected.Kind.BAD_REQUEST, "UNKNOWN_DISK",
                Rejected.Kind.NOT_FOUND, "UNKNOWN_CHECKPOINT",
                Rejected.Kind.CONFLICT, "OTHER_OPERATION",
                Rejected.Kind.FULL_REQUIRED, "FULL_REQUIRED",
                Rejected.Kind.UNSUPPORTED, "NO_GUEST_AGENT",
                Rejected.Kind.UNAVAILABLE, "MACHINE_UNAVAILABLE");
        for (Rejected.Kind kind : Rejected.Kind.values()) {
            String code = Objects.requireNonNull(codes.get(kind));
            for (String query : List.of("", "?dryRun=true")) {
                SERVED.engine.nextRejection.set(new Rejected(kind, code, "that is why", "do this", Optional.of(other)));
                Served.Answer answer = SERVED.post("/v1/vms/rejecting/backups" + query, "{\"repo\":\"default\"}");
                assertThat(answer.status()).isEqualTo(statuses.get(kind));
                assertThat(answer.json().path("type").asString())
                        .isEqualTo("https://tidemark.dev/problems/"
                                + code.toLowerCase(Locale.ROOT).replace('_', '-'));
                assertThat(answer.json().path("detail").asString()).isEqualTo("that is why");
                assertThat(answer.json().path("remedy").asString()).isEqualTo("do this");
                assertThat(answer.json().path("operation").asString()).isEqualTo(other.value());
            }
        }
    }

    /** Nothing of a key depends on a clock, whoever sets it: its record has no time, and nobody takes it away. */
    @Test
    void a_key_is_never_forgotten() throws SQLException {
        try (Connection connection = SERVED.database.application().getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(
                            text(
                                    statement,
                                    "SELECT string_agg(attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attnum)"
                                            + " FROM pg_attribute WHERE attrelid = 'tidemark.idempotency'::regclass AND attnum > 0"))
                    .isEqualTo("caller text, key text, request_hash text, operation text");
            assertThat(text(
                            statement,
                            "SELECT string_agg(DISTINCT privilege, ' ' ORDER BY privilege) FROM unnest(ARRAY["
                                    + "'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) privilege"
                                    + " WHERE has_table_privilege('tidemark.idempotency', privilege)"))
                    .isEqualTo("INSERT SELECT");
        }
    }

    private static String text(Statement statement, String question) throws SQLException {
        try (ResultSet rows = statement.executeQuery(question)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test
    void the_same_request_with_the_same_key_starts_one_operation() {
        SERVED.machine("once");
        Served.Answer first = SERVED.post(
                "/v1/vms/once/checkpoints", "{\"name\":\"a\",\"description\":\"d\"}", "Idempotency-Key", "once-1");
        int submitted = SERVED.engine.submitted.size();
        Served.Answer again = SERVED.post(
                "/v1/vms/once/checkpoints", "{ \"description\":\"d\", \"name\":\"a\" }", "Idempotency-Key", "once-1");
        assertThat(first.status()).isEqualTo(202);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.headers().firstValue("Location"))
                .isEqualTo(first.headers().firstValue("Location"));
        assertThat(SERVED.engine.submitted).hasSize(submitted);
    }

    @Test
    void a_repeat_finds_its_operation_after_a_restart_too() {
        SERVED.machine("restarted");
        Served.Answer first = SERVED.delete("/v1/vms/restarted", "Idempotency-Key", "gone-1");
        try (ApiServer second = ApiServer.start(
                SERVED.engine,
                SERVED.database.application(),
                SERVED.token,
                new ServerFacts("1", new HostName("host1"), ServerFacts.DatabaseKind.SERVER, Instant.now()),
                ApiServer.Bind.loopback(0))) {
            Served.Answer again =
                    SERVED.send(HttpRequest.newBuilder(second.url().resolve("/v1/vms/restarted"))
                            .header("Authorization", "Bearer " + SERVED.token.secret())
                            .header("Idempotency-Key", "gone-1")
                            .DELETE());
            // The machine is gone, and would not be found: the key is asked first.
            assertThat(again.status()).isEqualTo(202);
            assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        }
    }

    @Test
    void another_request_with_the_same_key_is_a_422() {
        SERVED.machine("reused");
        Served.Answer first = SERVED.post("/v1/vms/reused/checkpoints", "{}", "Idempotency-Key", "reused-1");
        for (Served.Answer other : List.of(
                SERVED.post("/v1/vms/reused/checkpoints", "{\"name\":\"b\"}", "Idempotency-Key", "reused-1"),
                SERVED.post("/v1/vms", "{\"name\":\"x\",\"qmp\":\"/x\"}", "Idempotency-Key", "reused-1"),
                SERVED.delete("/v1/vms/reused", "Idempotency-Key", "reused-1"))) {
            assertThat(other.status()).isEqualTo(422);
            assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
            assertThat(other.json().path("operation")).isEqualTo(first.json().path("id"));
        }
    }

    @Test
    void the_same_key_while_the_first_is_being_answered_is_a_409() {
        SERVED.machine("running");
        CountDownLatch hold = new CountDownLatch(1);
        SERVED.engine.hold.set(hold);
        CompletableFuture<Served.Answer> first = CompletableFuture.supplyAsync(
                () -> SERVED.post("/v1/vms/running/checkpoints", "{}", "Idempotency-Key", "running-1"));
        try {
            Awaitility.await().untilAsserted(() -> {
                CompletableFuture<Served.Answer> second = CompletableFuture.supplyAsync(
                        () -> SERVED.post("/v1/vms/running/checkpoints", "{}", "Idempotency-Key", "running-1"));
                assertThat(second.get(60, TimeUnit.SECONDS).code()).isEqualTo("IDEMPOTENCY_KEY_IN_USE");
            });
        } finally {
            SERVED.engine.hold.set(null);
            hold.countDown();
        }
        assertThat(first.join().status()).isEqualTo(202);
        assertThat(SERVED.post("/v1/vms/running/checkpoints", "{}", "Idempotency-Key", "running-1")
                        .json()
                        .path("id"))
                .isEqualTo(first.join().json().path("id"));
    }

    @Test
    void a_key_is_one_printable_word() {
        SERVED.machine("keys");
        for (String key : List.of("", "two words", "a".repeat(256))) {
            assertThat(SERVED.post("/v1/vms/keys/checkpoints", "{}", "Idempotency-Key", key)
                            .code())
                    .as("key \'%s\'", key)
                    .isEqualTo("INVALID_IDEMPOTENCY_KEY");
        }
        assertThat(SERVED.post("/v1/vms/keys/checkpoints", "{}", "Idempotency-Key", "a", "Idempotency-Key", "b")
                        .code())
                .isEqualTo("INVALID_IDEMPOTENCY_KEY");
    }

    @Test
    void a_name_that_we_choose_gets_a_number_if_it_is_taken() {
        SERVED.machine("unnamed");
        SERVED.engine.nextRejection.set(
                new Rejected(Rejected.Kind.CONFLICT, Rejected.NAME_TAKEN, "taken", "another", Optional.empty()));
        assertThat(SERVED.post("/v1/vms/unnamed/checkpoints", "{}").status()).isEqualTo(202);
        CreateCheckpoint create = (CreateCheckpoint) SERVED.engine.submitted.getLast();
        assertThat(create.name().value()).matches("[0-9]{10,}-2");
        assertThat(create.askedAt().getEpochSecond())
                .isEqualTo(Long.parseLong(create.name().value().replace("-2", "")));

        SERVED.engine.nextRejection.set(
                new Rejected(Rejected.Kind.CONFLICT, Rejected.NAME_TAKEN, "taken", "another", Optional.empty()));
        assertThat(SERVED.post("/v1/vms/unnamed/checkpoints", "{\"name\":\"mine\"}")
                        .status())
                .isEqualTo(409);
    }

    @Test
    void two_machines_of_one_name_are_a_409() {
        SERVED.machine("twice");
        Served.Answer second = SERVED.post("/v1/vms", "{\"name\":\"twice\",\"qmp\":\"/run/b.sock\"}");
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("NAME_TAKEN");
    }

    @Test
    void a_registration_that_cannot_see_qemu_says_so_and_stays() {
        Served.Answer answer = SERVED.post("/v1/vms", "{\"name\":\"dark\",\"qmp\":\"/run/dark.sock\"}");
        MachineId machine = new MachineId(answer.json().path("target").asString());
        assertThat(answer.json().path("id").asString()).isEqualTo(machine.value());
        assertThat(answer.json().path("state").asString()).isEqualTo("PENDING");
        SERVED.engine.sights.put(
                machine,
                new MachineSight(
                        MachineSight.State.DOWN, Optional.of("connection refused"), Optional.empty(), Map.of()));
        Served.Answer waited = SERVED.get("/v1/operations/" + machine + "?wait=30");
        assertThat(waited.json().path("state").asString()).isEqualTo("FAILED");
        assertThat(waited.json().path("code").asString()).isEqualTo("MACHINE_UNAVAILABLE");
        assertThat(waited.json().path("remedy").asString()).isNotEmpty();
        assertThat(SERVED.get("/v1/vms/dark").json().path("state").asString()).isEqualTo("DOWN");
        SERVED.engine.observed(machine);
        assertThat(SERVED.get("/v1/operations/" + machine).json().path("state").asString())
                .isEqualTo("DONE");
    }

    @Test
    void a_backup_since_a_checkpoint_names_it_or_its_id() {
        MachineId machine = SERVED.machine("since");
        Served.Answer asked = SERVED.post("/v1/vms/since/checkpoints", "{\"name\":\"base\"}");
        CheckpointId checkpoint = new CheckpointId(asked.json().path("target").asString());
        SERVED.engine.tell(new CheckpointCreated(
                machine,
                new OperationId(asked.json().path("id").asString()),
                checkpoint,
                Consistency.CRASH,
                List.of(new TrackedDisk(new DiskName("vda"), 65536, 1_073_741_824L, "/images/a.qcow2", 0)),
                Instant.parse("2026-01-02T03:04:06Z")));
        for (String since : List.of("base", checkpoint.value())) {
            Served.Answer answer = SERVED.post(
                    "/v1/vms/since/backups",
                    "{\"repo\":\"default\",\"since\":\"" + since + "\",\"noCheckpoint\":true}");
            assertThat(answer.status()).isEqualTo(202);
            StartBackup start = (StartBackup) SERVED.engine.submitted.getLast();
            assertThat(start.request()).isEqualTo(new BackupRequest.Since(checkpoint));
            assertThat(start.checkpoint()).isEmpty();
        }
    }

    @Test
    void what_was_not_foreseen_is_told_by_an_id_only() {
        SERVED.machine("broken");
        SERVED.engine.nextFailure.set(new IllegalStateException("secret detail of the inside"));
        Served.Answer answer = SERVED.post("/v1/vms/broken/checkpoints", "{}");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.code()).isEqualTo("INTERNAL_ERROR");
        assertThat(answer.json().path("errorId").asString()).hasSize(26);
        assertThat(answer.text()).doesNotContain("secret detail", "Exception");
    }

    @Test
    void an_unreachable_machine_is_a_503() {
        SERVED.machine("away");
        SERVED.engine.reachable = false;
        Served.Answer answer = SERVED.post("/v1/vms/away/reconciliation", "{}");
        SERVED.engine.reachable = true;
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("MACHINE_UNAVAILABLE");
    }

    @Test
    void a_report_reaches_the_engine_as_it_was_sent() {
        Served.Answer answer = SERVED.send(SERVED.request("/v1/gateways/host1/reports")
                .header("Content-Type", "application/json;charset=utf-8")
                .POST(BodyPublishers.ofString("{\"machine\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"version\":9,\"sight\":"
                        + "{\"type\":\"UNREACHABLE\",\"detail\":\"x\",\"processGone\":true,\"forMilliseconds\":5},"
                        + "\"results\":[]}")));
        assertThat(answer.text()).isEqualTo("{\"desired\":null}");
        assertThat(SERVED.engine.reports.getLast().version()).isEqualTo(9);
    }

    private static long rows() {
        return PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.domain_event_entry")
                + PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.idempotency");
    }
}
