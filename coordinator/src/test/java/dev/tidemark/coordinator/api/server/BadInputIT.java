package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.testkit.PlainSql;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes in: a precise problem, and nothing has changed. */
class BadInputIT {
    private static final Served SERVED = new Served();
    private static final String QUOTE = "\"";

    @BeforeAll
    static void machine() {
        SERVED.machine("web");
    }

    @AfterAll
    static void close() {
        SERVED.close();
    }

    static Stream<Routes.Route> routes() {
        return Routes.ALL.stream();
    }

    static Stream<Routes.Route> routesWithBody() {
        return Routes.ALL.stream().filter(route -> route.body() != null);
    }

    @ParameterizedTest
    @MethodSource("routesWithBody")
    void a_bad_body_is_a_400(Routes.Route route) {
        long before = state();
        BadInput.bodies(String.valueOf(route.body())).forEach((name, body) -> {
            Served.Answer answer = SERVED.send(SERVED.request(route.path())
                    .header("Content-Type", "application/json")
                    .method(route.method(), BodyPublishers.ofByteArray(body)));
            isProblem(answer, 400, route + " with " + name);
        });
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void a_body_that_is_cut_off_anywhere_changes_nothing() {
        long before = state();
        String whole =
                "{\"repo\":\"default\",\"kind\":\"SINCE\",\"since\":\"caf\u00e9\",\"disks\":[\"vda\"],\"bytesPerSecondMax\":1024}";
        byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < bytes.length; length++) {
            Served.Answer answer = SERVED.send(SERVED.request("/v1/vms/web/backups")
                    .header("Content-Type", "application/json")
                    .method("POST", BodyPublishers.ofByteArray(bytes, 0, length)));
            isProblem(answer, 400, "the first " + length + " bytes");
        }
        assertThat(state()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("routesWithBody")
    void another_media_type_is_a_415(Routes.Route route) {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense")) {
            Served.Answer answer = SERVED.send(SERVED.request(route.path())
                    .header("Content-Type", type)
                    .method(route.method(), BodyPublishers.ofString(String.valueOf(route.body()))));
            isProblem(answer, 415, route + " as " + type);
        }
        Served.Answer answer = SERVED.send(SERVED.request(route.path())
                .method(route.method(), BodyPublishers.ofString(String.valueOf(route.body()))));
        isProblem(answer, 415, route + " without a type");
    }

    @ParameterizedTest
    @MethodSource("routesWithBody")
    void a_body_of_more_than_a_mebibyte_is_a_413(Routes.Route route) {
        String body = " ".repeat(1024 * 1024) + route.body();
        Served.Answer told = SERVED.send(SERVED.request(route.path())
                .header("Content-Type", "application/json")
                .method(route.method(), BodyPublishers.ofString(body)));
        isProblem(told, 413, route + " with a length");
        Served.Answer chunked = SERVED.send(SERVED.request(route.path())
                .header("Content-Type", "application/json")
                .method(route.method(), BodyPublishers.fromPublisher(BodyPublishers.ofString(body))));
        isProblem(chunked, 413, route + " in chunks");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void an_unknown_query_parameter_is_a_400(Routes.Route route) {
        for (String query : List.of("?dryrun=true", "?unheard=1", "?=", "?%00=1", "?a")) {
            isProblem(send(route, route.path() + query), 400, route + query);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void a_malformed_query_is_a_400(Routes.Route route) {
        for (String query : List.of("?dryRun=true&dryRun=true&x=1", "?after=1&after=2&x=1")) {
            isProblem(send(route, route.path() + query), 400, route + query);
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void a_name_that_breaks_its_rule_is_a_400(Routes.Route route) {
        for (String variable : List.of(
                "{vm}",
                "{checkpoint}",
                "{repo}",
                "{host}",
                "{backup}",
                "{operation}",
                "{token}",
                "{export}",
                "{webhook}")) {
            if (!route.pattern().contains(variable)) {
                continue;
            }
            for (String name : BadInput.names()) {
                String path =
                        new Routes.Route(route.method(), route.pattern().replace(variable, name), route.body()).path();
                Served.Answer answer = send(route, path);
                isProblem(answer, 400, route + " with " + variable + " = " + name);
                assertThat(answer.json().path("field").asString("")).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void a_method_that_the_route_does_not_know_is_a_405(Routes.Route route) {
        Served.Answer answer = SERVED.send(SERVED.request(route.path()).method("PATCH", BodyPublishers.noBody()));
        isProblem(answer, 405, route.toString());
        assertThat(answer.headers().firstValue("Allow").orElse("")).contains(route.method());
    }

    @ParameterizedTest
    @MethodSource("routes")
    void an_answer_that_the_caller_cannot_read_is_a_406(Routes.Route route) {
        if (route.method().equals("GET")) {
            Served.Answer answer = SERVED.send(
                    SERVED.request(route.path()).header("Accept", "text/html").GET());
            // Whether the thing is there or not: never HTML, and never an empty answer.
            assertThat(answer.status()).as(route.toString()).isIn(406, 404, 400);
            isProblem(answer, answer.status(), route.toString());
        }
    }

    @Test
    void what_is_not_there_is_a_404() {
        String nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("/v1/nothing", "ROUTE_NOT_FOUND");
        codes.put("/", "ROUTE_NOT_FOUND");
        codes.put("/v1/vms/", "ROUTE_NOT_FOUND");
        codes.put("/v1//vms", "ROUTE_NOT_FOUND");
        codes.put("/v1/vms/nobody", "VM_NOT_FOUND");
        codes.put("/v1/vms/" + nobody, "VM_NOT_FOUND");
        codes.put("/v1/vms/nobody/chain", "VM_NOT_FOUND");
        codes.put("/v1/vms/nobody/events", "VM_NOT_FOUND");
        codes.put("/v1/vms/nobody/operations", "VM_NOT_FOUND");
        codes.put("/v1/vms/nobody/backups/plan?repo=default", "VM_NOT_FOUND");
        codes.put("/v1/vms/web/backups/plan?repo=elsewhere", "REPOSITORY_NOT_FOUND");
        codes.put("/v1/vms/web/backups/plan?repo=default&since=never", "CHECKPOINT_NOT_FOUND");
        codes.put("/v1/vms/web/backups?repo=elsewhere", "REPOSITORY_NOT_FOUND");
        codes.put("/v1/vms/web/checkpoints/never", "CHECKPOINT_NOT_FOUND");
        codes.put("/v1/backups/" + nobody, "BACKUP_NOT_FOUND");
        codes.put("/v1/backups/01ARZ3", "BACKUP_NOT_FOUND");
        codes.put("/v1/operations/" + nobody, "OPERATION_NOT_FOUND");
        codes.forEach((path, code) -> {
            Served.Answer answer = SERVED.get(path);
            isProblem(answer, 404, path);
            assertThat(answer.code()).as(path).isEqualTo(code);
        });
        assertThat(SERVED.post("/v1/vms/nobody/checkpoints", "{}").code()).isEqualTo("VM_NOT_FOUND");
        assertThat(SERVED.delete("/v1/vms/nobody").code()).isEqualTo("VM_NOT_FOUND");
        assertThat(SERVED.delete("/v1/vms/web/checkpoints/never").code()).isEqualTo("CHECKPOINT_NOT_FOUND");
        assertThat(SERVED.post("/v1/vms/web/backups", "{\"repo\":\"elsewhere\"}")
                        .code())
                .isEqualTo("REPOSITORY_NOT_FOUND");
        assertThat(SERVED.post("/v1/vms/web/restores", "{\"to\":\"/r\"}").code())
                .isEqualTo("BACKUP_NOT_FOUND");
        assertThat(SERVED.post("/v1/backups/" + nobody + "/abort", "{}").code()).isEqualTo("BACKUP_NOT_FOUND");
    }

    @Test
    void a_parameter_out_of_its_range_is_a_400() {
        for (String path : List.of(
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=61",
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=-1",
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=1.5",
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=0x10",
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=2147483648",
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=99999999999999999999",
                "/v1/operations/01ARZ3NDEKTSV4RRFFQ69G5FAV?wait=1&wait=2",
                "/v1/vms/web/events?limit=0",
                "/v1/vms/web/events?limit=-1",
                "/v1/vms/web/events?limit=2147483648",
                "/v1/vms/web/events?limit=1001",
                "/v1/vms/web/events?after=-1",
                "/v1/vms/web/events?after=forged",
                "/v1/vms/web/checkpoints?deleted=yes",
                "/v1/vms/web/checkpoints?deleted=TRUE",
                "/v1/vms/web/checkpoints?deleted=1",
                "/v1/vms/web/backups/plan",
                "/v1/vms/web/backups/plan?repo=..%2Fetc",
                "/v1/vms/web/backups/plan?repo=default&kind=auto",
                "/v1/vms/web/backups/plan?repo=default&kind=SINCE",
                "/v1/vms/web/backups/plan?repo=default&kind=FULL&since=x",
                "/v1/vms/web/backups/plan?repo=default&disk=vda&disk=vda",
                "/v1/vms/web/backups/plan?repo=default&disk=%00",
                "/v1/backups/01ARZ")) {
            isProblem(SERVED.get(path), 400, path);
        }
    }

    @Test
    void a_member_that_makes_no_sense_is_a_400_and_named() {
        long before = state();
        Map<String, List<String>> bodies = new LinkedHashMap<>();
        bodies.put(
                "/v1/vms",
                List.of(
                        "{\"qmp\":\"/a\"}|name",
                        "{\"name\":null,\"qmp\":\"/a\"}|name",
                        "{\"name\":1,\"qmp\":\"/a\"}|name",
                        "{\"name\":\"\",\"qmp\":\"/a\"}|name",
                        "{\"name\":\"a\\u0000b\",\"qmp\":\"/a\"}|name",
                        "{\"name\":\"\\ud800\",\"qmp\":\"/a\"}|name",
                        "{\"name\":\"a\"}|qmp",
                        "{\"name\":\"a\",\"qmp\":\"relative\"}|qmp",
                        "{\"name\":\"a\",\"qmp\":\"/a/../b\"}|qmp",
                        "{\"name\":\"a\",\"qmp\":\"/a\\u0000\"}|qmp",
                        "{\"name\":\"a\",\"qmp\":\"/" + "x".repeat(107) + "\"}|qmp",
                        "{\"name\":\"a\",\"qmp\":[\"/a\"]}|qmp",
                        "{\"name\":\"a\",\"qmp\":\"/a\",\"qga\":\"b\"}|qga",
                        "{\"name\":\"a\",\"qmp\":\"/a\",\"host\":\"-h\"}|host"));
        bodies.put(
                "/v1/vms/web/checkpoints",
                List.of(
                        "{\"name\":\"../x\"}|name",
                        "{\"disks\":[]}|disks",
                        "{\"disks\":[null]}|disks",
                        "{\"disks\":[\"vda\",\"vda\"]}|disks",
                        "{\"disks\":\"vda\"}|disks",
                        "{\"disks\":[\"vda\",\"\"]}|disks[1]",
                        "{\"quiesce\":\"yes\"}|quiesce",
                        "{\"quiesce\":1}|quiesce",
                        "{\"description\":\"\\ud800\"}|description",
                        "{\"description\":\"\\u0000\"}|description",
                        "{\"description\":\"" + "x".repeat(1025) + "\"}|description"));
        bodies.put(
                "/v1/vms/web/backups",
                List.of(
                        "{}|repo",
                        "{\"repo\":\"../x\"}|repo",
                        "{\"repo\":\"default\",\"kind\":\"HALF\"}|kind",
                        "{\"repo\":\"default\",\"kind\":0}|kind",
                        "{\"repo\":\"default\",\"kind\":\"0\"}|kind",
                        "{\"repo\":\"default\",\"kind\":\"SINCE\"}|since",
                        "{\"repo\":\"default\",\"kind\":\"DIFFERENTIAL\"}|since",
                        "{\"repo\":\"default\",\"kind\":\"COPY\",\"since\":\"a\"}|since",
                        "{\"repo\":\"default\",\"kind\":\"COPY\",\"checkpoint\":\"a\"}|checkpoint",
                        "{\"repo\":\"default\",\"kind\":\"FULL\",\"since\":\"a\"}|since",
                        "{\"repo\":\"default\",\"noCheckpoint\":\"true\"}|noCheckpoint",
                        "{\"repo\":\"default\",\"noCheckpoint\":1}|noCheckpoint",
                        "{\"repo\":\"default\",\"noCheckpoint\":true,\"checkpoint\":\"a\"}|checkpoint",
                        "{\"repo\":\"default\",\"compress\":\"zstd\"}|compress",
                        "{\"repo\":\"default\",\"compress\":1}|compress",
                        "{\"repo\":\"default\",\"quiesce\":\"filesystem\"}|quiesce",
                        "{\"repo\":\"default\",\"bytesPerSecondMax\":0}|bytesPerSecondMax",
                        "{\"repo\":\"default\",\"bytesPerSecondMax\":-1}|bytesPerSecondMax",
                        "{\"repo\":\"default\",\"bytesPerSecondMax\":1.5}|bytesPerSecondMax",
                        "{\"repo\":\"default\",\"bytesPerSecondMax\":\"1\"}|bytesPerSecondMax",
                        "{\"repo\":\"default\",\"bytesPerSecondMax\":9223372036854775808}|bytesPerSecondMax",
                        "{\"repo\":\"default\",\"bytesPerSecondMax\":1e400}|bytesPerSecondMax"));
        bodies.put(
                "/v1/backups/01ARZ3NDEKTSV4RRFFQ69G5FAV/speed",
                List.of(
                        "{}|bytesPerSecondMax",
                        "{\"bytesPerSecondMax\":null}|bytesPerSecondMax",
                        "{\"bytesPerSecondMax\":-1}|bytesPerSecondMax",
                        "{\"bytesPerSecondMax\":1.5}|bytesPerSecondMax",
                        "{\"bytesPerSecondMax\":\"1\"}|bytesPerSecondMax",
                        "{\"bytesPerSecondMax\":9223372036854775808}|bytesPerSecondMax"));
        bodies.put(
                "/v1/vms/web/retention/default",
                List.of(
                        "{}|last",
                        "{\"last\":0}|last",
                        "{\"last\":-1}|last",
                        "{\"last\":100001}|last",
                        "{\"last\":1.5}|last",
                        "{\"daily\":\"1\"}|daily"));
        bodies.put(
                "/v1/backups/01ARZ3NDEKTSV4RRFFQ69G5FAV/protect",
                List.of("{\"hold\":\" \"}|hold", "{\"hold\":\"a\\u0000b\"}|hold", "{\"hold\":7}|hold"));
        bodies.put(
                "/v1/backups/01ARZ3NDEKTSV4RRFFQ69G5FAV/unprotect", List.of("{\"releaseHold\":\"yes\"}|releaseHold"));
        bodies.put(
                "/v1/vms/web/restores",
                List.of(
                        "{}|to",
                        "{\"to\":\"relative\"}|to",
                        "{\"to\":\"/a/../../etc\"}|to",
                        "{\"to\":\"/a\",\"at\":\"yesterday\"}|at",
                        "{\"to\":\"/a\",\"at\":\"2026-01-01\"}|at",
                        "{\"to\":\"/a\",\"at\":5}|at",
                        "{\"to\":\"/a\",\"at\":\"2026-01-01T00:00:00Z\",\"backup\":\"01ARZ3\"}|at",
                        "{\"to\":\"/a\",\"backup\":\"x\"}|backup",
                        "{\"to\":\"/a\",\"backup\":\"%\"}|backup",
                        "{\"to\":\"/a\",\"format\":\"VMDK\"}|format"));
        bodies.forEach((path, cases) -> {
            for (String given : cases) {
                int bar = given.lastIndexOf('|');
                Served.Answer answer = SERVED.post(path, given.substring(0, bar));
                isProblem(answer, 400, given);
                assertThat(answer.json().path("field").asString("")).as(given).isEqualTo(given.substring(bar + 1));
            }
        });
        assertThat(state()).isEqualTo(before);
    }

    @Test
    void the_next_valid_request_works() {
        assertThat(SERVED.post("/v1/vms/web/checkpoints", "{").status()).isEqualTo(400);
        assertThat(SERVED.post(
                                "/v1/vms/web/backups?dryRun=true",
                                "{\"repo\":\"default\",\"bytesPerSecondMax\":9007199254740993}")
                        .text())
                .contains("9007199254740993");
        assertThat(SERVED.get("/v1/vms/web").status()).isEqualTo(200);
    }

    private static Served.Answer send(Routes.Route route, String path) {
        String body = route.body();
        return body == null
                ? SERVED.send(SERVED.request(path).method(route.method(), BodyPublishers.noBody()))
                : SERVED.send(SERVED.request(path)
                        .header("Content-Type", "application/json")
                        .method(route.method(), BodyPublishers.ofString(body)));
    }

    private static void isProblem(Served.Answer answer, int status, String what) {
        assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).as(what).contains("application/problem+json");
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.json().path("type").asString("")).startsWith("https://tidemark.dev/problems/");
        for (String member : List.of("title", "detail", "code", "remedy", "instance")) {
            assertThat(answer.json().path(member).asString(""))
                    .as(what + " has " + member)
                    .isNotEmpty();
        }
        assertThat(answer.text())
                .as(what + " tells nothing of the inside")
                .doesNotContain("Exception", "dev.tidemark", "org.", "java.", "tools.jackson", QUOTE + "trace");
    }

    private static long state() {
        return SERVED.engine.submitted.size()
                + SERVED.engine.reports.size()
                + SERVED.engine.progress.size()
                + PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.domain_event_entry")
                + PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.idempotency");
    }
}
