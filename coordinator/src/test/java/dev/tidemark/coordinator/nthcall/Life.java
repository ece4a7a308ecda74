package dev.tidemark.coordinator.nthcall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.nthcall.Client.Answer;
import dev.tidemark.coordinator.nthcall.Client.Request;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * One machine's life: a client that repeats with the same key what was not answered, a gateway that repeats its report, and
 * what must be true in the end.
 */
final class Life {
    /** One call fails, so the second try has to do. */
    private static final int TRIES_MAX = 2;

    private static final int STEPS_MAX = 10;

    final Stage stage;
    final String name;
    private final DataSource judge;
    private final List<OperationId> acknowledged = new ArrayList<>();
    private final List<MachineId> machines = new ArrayList<>();
    private int requests;
    private OptionalLong epoch = OptionalLong.empty();

    Life(Stage stage, String name) {
        this.stage = stage;
        this.name = name;
        this.judge = stage.database.database().application();
    }

    MachineId machine() {
        return machines.getLast();
    }

    String path() {
        return "/v1/vms/" + name;
    }

    // --- what a client does ---

    /** Asks until it is accepted, and gives back what it was accepted for. */
    Answer ask(Request request) {
        String key = name + "-" + ++requests;
        for (int attempt = 1; ; attempt++) {
            Answer answer = stage.client.send(request, key);
            if (answer.status() == 202) {
                acknowledged.add(new OperationId(answer.word("id")));
                return answer;
            }
            isHonest(answer, key);
            assertThat(answer.status()).as("%s %s", request, answer.text()).isEqualTo(503);
            assertThat(attempt).as("tries of %s: %s", request, answer.text()).isLessThan(TRIES_MAX);
        }
    }

    /** Reads until there is an answer. */
    String read(Request request) {
        for (int attempt = 1; ; attempt++) {
            Answer answer = stage.client.send(request, "");
            if (answer.status() == 200) {
                return answer.text();
            }
            assertThat(answer.status()).as("%s %s", request, answer.text()).isEqualTo(503);
            assertThat(attempt).as("tries of %s: %s", request, answer.text()).isLessThan(TRIES_MAX);
        }
    }

    /** Whoever reads that nothing was changed, and has no key, will ask for the same thing anew. */
    private void isHonest(Answer answer, String key) {
        if (answer.text().contains("Nothing was changed")) {
            assertThat(eventsOf(key))
                    .as("appended, but told: %s", answer.text())
                    .isZero();
        }
    }

    private long eventsOf(OperationId operation) {
        // A registration goes by its machine's id.
        return machines.stream()
                .flatMap(machine -> log(machine).stream())
                .map(entry -> Json.MAPPER.<JsonNode>valueToTree(entry.event()))
                .filter(event -> Stream.of("operation", "machine")
                        .anyMatch(member -> event.path(member).asString("").equals(operation.value())))
                .count();
    }

    private long eventsOf(String key) {
        return PlainSql.number(
                judge,
                "SELECT count(*) FROM tidemark.domain_event_entry WHERE meta_data->>'idempotency-key' = '" + key + "'");
    }

    void register() {
        Answer answer = ask(Request.post(
                "/v1/vms", "{\"name\":\"" + name + "\",\"qmp\":\"/run/qmp.sock\",\"host\":\"" + host() + "\"}"));
        machines.add(new MachineId(answer.word("target")));
    }

    Answer checkpoint(String checkpoint) {
        return ask(Request.post(path() + "/checkpoints", "{\"name\":\"" + checkpoint + "\"}"));
    }

    Answer backUp() {
        return ask(Request.post(path() + "/backups", "{\"repo\":\"default\",\"checkpoint\":\"with-backup\"}"));
    }

    Answer pull() {
        return ask(Request.post(
                path() + "/backups", "{\"repo\":\"default\",\"mode\":\"PULL\",\"checkpoint\":\"with-pull\"}"));
    }

    void remove() {
        ask(Request.delete(path() + "?keepBitmaps=true"));
    }

    // --- what a gateway does ---

    private HostName host() {
        return new HostName("host-" + name);
    }

    /** What the gateway of this machine's host gets to hear, if need be after the coordinator has had time to catch up. */
    Desired desired() {
        long version = log(machine()).size();
        Optional<Desired> heard = heard().filter(desired -> desired.version() == version);
        if (heard.isEmpty()) {
            stage.rooms.dispatch().catchUp();
            heard = heard();
        }
        Desired desired = heard.orElseThrow(() -> new AssertionError("no gateway hears of " + name));
        assertThat(desired.version()).as("version that gateways hear of").isEqualTo(version);
        return desired;
    }

    private Optional<Desired> heard() {
        try {
            return stage.rooms.dispatch().await(host(), "", Duration.ZERO).changed().stream()
                    .filter(desired -> desired.machine().equals(machine()))
                    .findFirst();
        } catch (LinkException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    Report nextReport() {
        return PlayedGateway.stepOf(desired());
    }

    /** Reports until the report is taken. */
    void tell(Report report) {
        for (int attempt = 1; ; attempt++) {
            try {
                if (epoch.isEmpty()) {
                    Lease lease = stage.rooms.dispatch().claim(host(), new Claim("played", 0, Claim.Kind.HOLD, "1"));
                    assertThat(lease.granted()).as("lease").isTrue();
                    epoch = OptionalLong.of(lease.epoch());
                }
                Optional<Desired> after = stage.rooms.dispatch().report(report.under(epoch));
                after.ifPresent(desired -> assertThat(desired.version())
                        .as("the version that is told is in the log")
                        .isLessThanOrEqualTo(log(machine()).size()));
                return;
            } catch (LinkException failure) {
                assertThat(attempt).as("tries of a report: %s", failure).isLessThan(TRIES_MAX);
            }
        }
    }

    private static Optional<RestoreExportOperation> served(Desired desired) {
        return desired.repositoryOperations().stream()
                .filter(RestoreExportOperation.class::isInstance)
                .map(RestoreExportOperation.class::cast)
                .filter(export -> !export.opened().isEmpty() && !export.ending())
                .findFirst();
    }

    /** Until nothing is wanted any more. */
    void settle() {
        Desired desired = desired();
        for (int step = 0; PlayedGateway.isBusy(desired); step++) {
            assertThat(step).as("steps towards %s", desired).isLessThan(STEPS_MAX);
            Optional<RestoreExportOperation> served = served(desired);
            if (served.isPresent()) {
                // So has whoever reads a restore point.
                ask(Request.post("/v1/exports/" + served.get().id() + "/end", "{}"));
            } else if (desired.operation().orElse(null) instanceof PullBackupOperation pull
                    && pull.ready()
                    && !pull.finish()
                    && !pull.abort()) {
                // Its client has read it all; nobody else ends it.
                ask(Request.post("/v1/backups/" + pull.backup() + "/finish", "{}"));
            } else {
                tell(PlayedGateway.stepOf(desired));
            }
            desired = desired();
        }
    }

    // --- how it ends ---

    /** Things go on as if nothing had happened: what is under way ends, and a later command is taken. */
    void end() {
        if (!StoredLog.fold(machine(), log(machine())).registered()) {
            register();
        }
        settle();
        remove();
    }

    /** Holds the log, what was answered, what is remembered and what is open against each other. */
    void judge() {
        acknowledged.forEach(operation -> assertThat(eventsOf(operation))
                .as("events of the acknowledged operation %s", operation)
                .isPositive());
        stage.rooms.dispatch().catchUp();
        for (MachineId machine : machines) {
            Machine folded = StoredLog.fold(machine, log(machine));
            assertThat(stage.rooms.replayed(machine)).as("ledger").isEqualTo(folded);
            assertThat(stage.rooms.dispatch().machine(machine)).as("dispatch").isEqualTo(folded);
        }
        if (!stage.database.sessionsInUse().isEmpty()) {
            Awaitility.await()
                    .pollInSameThread()
                    .atMost(stage.sessionsRestLimit)
                    .pollInterval(Duration.ofMillis(10))
                    .untilAsserted(
                            () -> assertThat(stage.database.sessionsInUse()).isEmpty());
        }
    }

    /** The log in words that are the same for every machine: what happened in which order, and which request it was. */
    List<String> course() {
        List<String> course = new ArrayList<>();
        for (MachineId machine : machines) {
            for (StoredLog.Entry entry : log(machine)) {
                String key = entry.metadata().getOrDefault("idempotency-key", "");
                course.add(entry.version() + " " + entry.type() + " " + key.replace(name, ""));
            }
        }
        return course;
    }

    private List<StoredLog.Entry> log(MachineId machine) {
        return StoredLog.of(judge, machine);
    }
}
