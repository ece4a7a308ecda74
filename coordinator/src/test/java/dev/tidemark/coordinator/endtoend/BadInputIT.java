package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Wrong, hostile and simultaneous requests: a precise answer, nothing changed, and the next valid request works. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class BadInputIT {
    /** As long as no name may be. */
    private static final String LONG =
            "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                    + "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

    private static final String NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private final Machine machine = new Machine(1);
    private final Site site;
    private final Api api;
    private final Client client;

    BadInputIT(Site site) {
        this.site = site;
        api = site.api();
        client = Client.of(site, machine);
    }

    @BeforeEach
    void first() {
        client.backUp(Map.of("checkpoint", "first"));
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"name\":\"a\"}}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"nmae\":\"a\"}",
                "{\"name\":1}",
                "{\"name\":\"\"}",
                "{\"name\":\"a/b\"}",
                "{\"name\":\"..\"}",
                "{\"name\":\"a\\u0000\"}",
                "{\"name\":\"a\\nb\"}",
                "{\"name\":\"\\u202eevil\"}",
                "{\"name\":\"\\ud800\"}",
                "{\"disks\":[\"d0\",\"d0\"]}",
                "{\"disks\":[\"nope\"]}",
                "{\"disks\":[]}",
                "{\"disks\":\"d0\"}",
                "{\"description\":7}"
            })
    void a_checkpoint_that_cannot_be_understood_is_a_bad_request(String body) {
        unchanged(() -> api.send("POST", client.path("/checkpoints"), body), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"repo\":\"default\",\"kind\":\"MOST\"}",
                "{\"repo\":\"default\",\"kind\":\"SINCE\"}",
                "{\"repo\":\"default\",\"bytesPerSecondMax\":0}",
                "{\"repo\":\"default\",\"bytesPerSecondMax\":-1}",
                "{\"repo\":\"default\",\"bytesPerSecondMax\":1e400}",
                "{\"repo\":\"default\",\"bytesPerSecondMax\":9223372036854775808}",
                "{\"repo\":\"default\",\"bytesPerSecondMax\":1.5}",
                "{\"repo\":\"default\",\"bytesPerSecondMax\":\"1\"}",
                "{\"repo\":\"../default\"}",
                "{\"repo\":\"default\",\"checkpoint\":\"x\",\"noCheckpoint\":true}",
                "{\"repo\":\"default\",\"kind\":\"FULL\",\"since\":\"first\"}"
            })
    void a_backup_that_cannot_be_understood_is_a_bad_request(String body) {
        unchanged(() -> api.send("POST", client.path("/backups"), body), 400);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/v1/vms/nobody,404",
        "GET,/v1/vms/nobody/chain,404",
        "GET,/v1/vms/VM/checkpoints/none,404",
        "DELETE,/v1/vms/VM/checkpoints/none,404",
        "DELETE,/v1/vms/VM,409",
        "GET,/v1/vms/VM/events?limit=0,400",
        "GET,/v1/vms/VM/events?limit=-1,400",
        "GET,/v1/vms/VM/events?limit=2147483648,400",
        "GET,/v1/vms/VM/events?after=x,400",
        "GET,/v1/vms/VM/backups/plan,400",
        "GET,/v1/vms/VM/backups/plan?repo=nowhere,404",
        "GET,/v1/vms/VM/backups?repo=nowhere,404",
        "GET,/v1/operations/" + NOBODY + ",404",
        "GET,/v1/operations/x,400",
        "GET,/v1/backups/" + NOBODY + ",404",
        "GET,/v1/backups/..%2f..,400",
        "GET,/v1/audit/questions/nobody,404",
        "GET,/v1/audit/questions/nobody/rows,404",
        "GET,/v1/audit/questions/%2d%2dhelp,404",
        "GET,/v1/audit/questions/%c3%9cbersicht%e2%80%ae,404",
        "GET,/v1/audit/questions/" + LONG + ",404",
        "GET,/v1/audit/questions/..%2f..,400",
        "GET,/v1/audit/questions/%00,400",
        "GET,/v1/audit/questions/%0a,404",
        "GET,/v1/audit/questions/%ff,400",
        "PUT,/v1/vms,405",
        "GET,/v1/nothing,404",
        "POST,/v1/vms/VM/reconciliation?dryRun=perhaps,400"
    })
    void an_unknown_thing_has_its_status(String method, String path, int status) {
        String body = method.equals("POST") ? "{}" : null;
        unchanged(() -> api.send(method, path.replace("VM", client.vm()), body), status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"relative", "/", "/etc/../etc/x", "/dev/null", "/proc/1"})
    void a_restore_to_no_place_of_its_own_is_turned_down_or_fails(String to) {
        Api.Answer answer = api.post(client.path("/restores"), Map.of("to", to));
        if (answer.status() == 202) {
            JsonNode ended = api.ended(answer.body());
            assertThat(ended.path("state").asString("")).as("%s", ended).isEqualTo("FAILED");
            assertThat(ended.path("remedy").asString("")).isNotBlank();
        } else {
            problem(answer, 400);
        }
        client.assertEveryBackupRestoresIdentically();
    }

    @Test
    void other_requests_that_are_not_ours_are_refused() {
        unchanged(() -> api.post(client.path("/checkpoints"), Map.of(), "Content-Type", "text/plain"), 415);
        unchanged(() -> api.send("POST", client.path("/checkpoints"), "[".repeat(100_000)), 400);
        String big = "{\"description\":\"" + "x".repeat(2 << 20) + "\"}";
        unchanged(() -> api.send("POST", client.path("/checkpoints"), big), 413);
        unchanged(() -> api.post(client.path("/checkpoints"), Map.of("name", "first")), 409);
        unchanged(() -> api.post(client.path("/backups"), Map.of("repo", "default", "mode", "CARRY")), 400);
        unchanged(() -> api.post(client.path("/backups"), Map.of("repo", "default", "leaseSeconds", 60)), 400);
        Map<String, Object> shortest = Map.of("repo", "default", "mode", "PULL", "leaseSeconds", 0);
        unchanged(() -> api.post(client.path("/backups"), shortest), 400);
        Map<String, Object> compressed = Map.of("repo", "default", "mode", "PULL", "compress", true);
        unchanged(() -> api.post(client.path("/backups"), compressed), 422);
        String done = "/v1/backups/" + client.made().getFirst().id() + "/abort";
        unchanged(() -> api.post(done, Map.of()), 409);
    }

    @Test
    void one_key_fifty_times_at_once_is_one_operation() {
        Map<String, String> body = Map.of("name", "once");
        List<Api.Answer> answers =
                atOnce(50, () -> api.post(client.path("/checkpoints"), body, "Idempotency-Key", "k-" + client.vm()));
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(202, 409));
        List<String> started = answers.stream()
                .filter(answer -> answer.status() == 202)
                .map(answer -> answer.text("id"))
                .distinct()
                .toList();
        assertThat(started).hasSize(1);
        Api.Answer again = api.post(client.path("/checkpoints"), body, "Idempotency-Key", "k-" + client.vm());
        assertThat(again.text("id")).isEqualTo(started.getFirst());
        api.done(again.body());
        assertThat(client.events("checkpoint-requested")).hasSize(1);
        problem(api.post(client.path("/checkpoints"), Map.of("name", "x"), "Idempotency-Key", "k-" + client.vm()), 422);
        then();
    }

    @Test
    void fifty_backups_at_once_are_one_and_conflicts_that_name_it() {
        List<Api.Answer> answers = atOnce(
                50, () -> api.post(client.path("/backups"), Map.of("repo", "default", "bytesPerSecondMax", 1 << 20)));
        List<Api.Answer> accepted =
                answers.stream().filter(answer -> answer.status() == 202).toList();
        assertThat(accepted).isNotEmpty();
        for (Api.Answer answer : answers) {
            if (answer.status() != 202) {
                problem(answer, 409);
                assertThat(answer.text("operation")).isNotBlank();
            }
        }
        accepted.forEach(answer -> api.done(answer.body()));
        then();
    }

    @Test
    void create_and_delete_at_once_leave_a_chain_that_holds() {
        for (int round = 0; round < 3; round++) {
            String name = "r" + round;
            List<Callable<Api.Answer>> both = List.of(
                    () -> api.post(client.path("/checkpoints"), Map.of("name", name)),
                    () -> api.send("DELETE", client.path("/checkpoints/" + name), null));
            for (Api.Answer answer : atOnce(both)) {
                assertThat(answer.status()).as("%s", answer.body()).isIn(202, 404, 409);
                if (answer.status() == 202) {
                    api.done(answer.body());
                }
            }
            machine.writeGranule("d0", round);
        }
        then();
    }

    @Test
    void a_machine_whose_socket_is_none_or_hung_is_told_and_disturbs_no_other() throws IOException {
        Path file = Files.createFile(machine.file("regular"));
        for (Path socket : List.of(file, machine.file("missing"))) {
            String name = Site.freshName();
            JsonNode registered = api.start("/v1/vms", Map.of("name", name, "qmp", socket.toString()));
            api.failed(registered, "MACHINE_UNAVAILABLE");
            problem(api.post("/v1/vms/" + name + "/checkpoints", Map.of()), 503);
            api.done(api.delete("/v1/vms/" + name));
        }
        try (Machine hung = new Machine(1)) {
            hung.daemon().pause();
            String name = Site.freshName();
            JsonNode registered = api.start(
                    "/v1/vms",
                    Map.of("name", name, "qmp", hung.daemon().socket().toString()));
            client.backUp();
            hung.daemon().resume();
            api.ended(registered);
            assertThat(api.get("/v1/vms/" + name).path("name").asString("")).isEqualTo(name);
        }
        unchanged(() -> api.post("/v1/vms", Map.of("name", client.vm(), "qmp", "/tmp/other")), 409);
        unchanged(() -> api.post("/v1/vms", Map.of("name", "x y", "qmp", "/tmp/other")), 400);
        unchanged(() -> api.post("/v1/vms", Map.of("name", "xy", "qmp", "relative")), 400);
        unchanged(() -> api.post("/v1/vms", Map.of("name", "xy", "qmp", "/" + "l".repeat(200))), 400);
        then();
    }

    private void then() {
        machine.writeGranule("d0", 33);
        assertThat(client.backUp().kind("d0")).isEqualTo("INCREMENTAL");
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }

    /** It is refused with one of the statuses, and the machine's log is as it was. */
    private void unchanged(Callable<Api.Answer> request, Integer... statuses) {
        JsonNode before = api.get(client.path("/events?limit=1000"));
        problem(call(request), statuses);
        assertThat(api.get(client.path("/events?limit=1000"))).isEqualTo(before);
        assertThat(api.get(client.path("")).path("state").asString("")).isEqualTo("UP");
    }

    private static void problem(Api.Answer answer, Integer... statuses) {
        assertThat(answer.status()).as("%s", answer.body()).isIn((Object[]) statuses);
        assertThat(answer.text("type")).as("%s", answer.body()).startsWith("https://tidemark.dev/problems/");
        assertThat(answer.text("code")).as("%s", answer.body()).matches("[A-Z][A-Z_]+");
        assertThat(answer.text("remedy")).as("%s", answer.body()).isNotBlank();
        assertThat(answer.body().path("status").asInt(0)).isEqualTo(answer.status());
    }

    private static Api.Answer call(Callable<Api.Answer> request) {
        return atOnce(List.of(request)).getFirst();
    }

    private static List<Api.Answer> atOnce(int times, Callable<Api.Answer> request) {
        List<Callable<Api.Answer>> requests = new ArrayList<>();
        for (int index = 0; index < times; index++) {
            requests.add(request);
        }
        return atOnce(requests);
    }

    private static List<Api.Answer> atOnce(List<Callable<Api.Answer>> requests) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> answer : threads.invokeAll(requests)) {
                answers.add(answer.get());
            }
            return answers;
        } catch (ExecutionException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
