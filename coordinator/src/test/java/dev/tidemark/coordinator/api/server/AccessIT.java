package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.RoutePermissions;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who may do what, over HTTP: each role at each route, and machines that a token does not reach. */
class AccessIT {
    private static final Served SERVED = new Served();
    private static final Path GOLDEN = Path.of("src/test/resources/security/roles.txt");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final List<String> OBJECTS = List.of("{vm}", "{backup}", "{export}", "{operation}");

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void every_route_is_decided_and_nothing_else_is() {
        assertThat(RoutePermissions.all().keySet()).isEqualTo(Routes.mapped(SERVED.server));
        Served.Answer undecided = SERVED.send(SERVED.request("/v1/vms").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(undecided.status()).as("of the administrator, too").isEqualTo(403);
        assertThat(undecided.code()).isEqualTo("ACCESS_DENIED");
    }

    @Test
    void each_role_may_what_the_matrix_says_and_is_refused_the_rest() throws IOException {
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, token(role, "*"));
        }
        Map<String, List<Role>> seen = new TreeMap<>();
        for (Routes.Route route : Routes.ALL) {
            List<Role> allowed = new ArrayList<>();
            for (Map.Entry<Role, String> token : tokens.entrySet()) {
                Role role = token.getKey();
                int before = SERVED.engine.submitted.size();
                String query = route.pattern().equals("/v1/events") ? "?from=nowhere" : "";
                Served.Answer answer = send(token.getValue(), route.method(), route.path() + query, route.body());
                assertThat(answer.status())
                        .as(role + " " + route)
                        .isNotEqualTo(401)
                        .isLessThan(500);
                if (answer.status() == 403) {
                    assertThat(answer.code()).isEqualTo("ACCESS_DENIED");
                    assertThat(SERVED.engine.submitted).as(role + " " + route).hasSize(before);
                } else {
                    allowed.add(role);
                }
            }
            seen.put(route.toString(), allowed);
        }
        String matrix = matrix(RoutePermissions.all());
        if (System.getenv("TIDEMARK_WRITE_GOLDEN") != null) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, matrix);
        }
        assertThat(matrix)
                .as("a right that was given is a difference that somebody reads")
                .isEqualTo(Files.readString(GOLDEN));
        assertThat(text(seen)).isEqualTo(matrix);

        Map<String, Permission> spoilt = new TreeMap<>(RoutePermissions.all());
        spoilt.put("DELETE /v1/backups/{backup}", Permission.BACKUP);
        assertThat(matrix(spoilt)).isNotEqualTo(matrix);
    }

    private static String matrix(Map<String, Permission> needed) {
        Map<String, List<Role>> allowed = new TreeMap<>();
        needed.forEach((route, permission) -> allowed.put(
                route,
                Stream.of(Role.values())
                        .filter(role -> route.endsWith(" " + RoutePermissions.LIVENESS) || role.may(permission))
                        .toList()));
        return text(allowed);
    }

    private static String text(Map<String, List<Role>> allowed) {
        StringBuilder text = new StringBuilder();
        allowed.forEach((route, roles) -> text.append(String.format(Locale.ROOT, "%-52s", route))
                .append(roles.stream().map(Role::word).collect(Collectors.joining(" ")))
                .append('\n'));
        return text.toString();
    }

    /** A machine with something of each kind. */
    private record Owned(String vm, String backup, String export, String operation) {
        String in(Routes.Route route) {
            String path = route.pattern()
                    .replace("{vm}", vm)
                    .replace("{checkpoint}", "monday")
                    .replace("{repo}", "default")
                    .replace("{backup}", backup)
                    .replace("{export}", export)
                    .replace("{operation}", operation);
            return path.endsWith("/backups/plan") ? path + "?repo=default" : path;
        }
    }

    private static Owned owned(String vm) {
        MachineId machine = SERVED.machine(vm);
        SERVED.post("/v1/vms/" + vm + "/checkpoints", "{\"name\":\"monday\"}");
        BackupId backup = SERVED.backup(vm);
        OperationId operation = new OperationId(
                SERVED.get("/v1/backups/" + backup).json().path("operation").asString());
        SERVED.engine.tell(new BackupCompleted(
                machine,
                operation,
                backup,
                new RepositoryName("default"),
                Optional.empty(),
                List.of(),
                Instant.parse("2026-01-02T03:04:06Z")));
        String export =
                SERVED.started("/v1/backups/" + backup + "/exports", "{}").value();
        return new Owned(vm, backup.value(), export, operation.value());
    }

    @Test
    void what_is_no_machines_is_overwritten_only_by_who_restores_and_has_every_machine() {
        Owned own = owned("targets-1");
        String copy =
                "{\"repo\":\"default\",\"kind\":\"COPY\",\"targets\":[{\"disk\":\"vda\",\"address\":\"/dev/vg/x\"}]}";
        String restore = "{\"targets\":[{\"disk\":\"vda\",\"address\":\"/dev/vg/x\"}]}";
        String backups = "/v1/vms/" + own.vm() + "/backups";
        String restores = "/v1/vms/" + own.vm() + "/restores";
        for (String asked : List.of("", "?dryRun=true")) {
            for (String scope : List.of("*", "targets-*")) {
                Served.Answer operator = send(token(Role.OPERATOR, scope), "POST", backups + asked, copy);
                assertThat(operator.status()).as(operator.text()).isEqualTo(403);
                assertThat(operator.text()).contains("'restore'");
            }
            Served.Answer scoped = send(token(Role.RESTORER, "targets-*"), "POST", restores + asked, restore);
            assertThat(scoped.status()).as(scoped.text()).isEqualTo(403);
            assertThat(scoped.text()).contains("for every machine");
            assertThat(send(token(Role.RESTORER, "*"), "POST", restores + asked, restore)
                            .status())
                    .isNotEqualTo(403);
            assertThat(send(token(Role.ADMIN, "*"), "POST", backups + asked, copy)
                            .status())
                    .isNotEqualTo(403);
        }
        // Without targets nothing is another's.
        assertThat(send(token(Role.RESTORER, "targets-*"), "POST", restores, "{\"to\":\"/restore\"}")
                        .status())
                .isNotEqualTo(403);
    }

    @Test
    void a_strangers_machine_is_not_there() {
        Owned own = owned("web-1");
        Owned strange = owned("db-1");
        Map<String, Integer> probed = new LinkedHashMap<>();
        for (Role role : List.of(Role.VIEWER, Role.OPERATOR, Role.RETENTION, Role.RESTORER)) {
            String scoped = token(role, "web-*");
            for (Routes.Route route : Routes.ALL) {
                boolean ofAnObject = OBJECTS.stream().anyMatch(route.pattern()::contains);
                if (!ofAnObject || !role.may(needed(route))) {
                    continue;
                }
                Served.Answer answer = send(scoped, route.method(), strange.in(route), route.body());
                assertThat(answer.status())
                        .as(role + " " + route + " " + answer.text())
                        .isEqualTo(404);
                assertThat(answer.code()).endsWith("_NOT_FOUND");
                probed.put(route.toString(), answer.status());
                if (route.method().equals("GET")) {
                    assertThat(send(scoped, "GET", own.in(route), null).status())
                            .as(role + " " + route)
                            .isIn(200, 409);
                }
            }
        }
        assertThat(probed).hasSizeGreaterThan(25);
        // The probe can fail: without a scope, the same requests find what they name.
        for (Role role : List.of(Role.VIEWER, Role.OPERATOR, Role.RESTORER, Role.RETENTION)) {
            String unscoped = token(role, "*");
            for (Routes.Route route : Routes.ALL) {
                if (probed.containsKey(route.toString())
                        && role.may(needed(route))
                        && !route.method().equals("DELETE")) {
                    assertThat(send(unscoped, route.method(), strange.in(route), route.body())
                                    .status())
                            .as(role + " " + route)
                            .isNotEqualTo(404);
                }
            }
        }
        String viewer = token(Role.VIEWER, "web-*");
        assertThat(send(viewer, "GET", "/v1/vms", null).text())
                .contains("web-1")
                .doesNotContain("db-1");
        assertThat(send(viewer, "GET", "/v1/vms/" + id("db-1"), null).status()).isEqualTo(404);
        assertThat(send(viewer, "GET", "/v1/events?vm=db-1", null).code()).isEqualTo("VM_NOT_FOUND");
        assertThat(send(viewer, "GET", "/v1/events?operation=" + strange.operation(), null)
                        .code())
                .isEqualTo("OPERATION_NOT_FOUND");
        // A beginning that both ids share is no hint that there is another one.
        String shared = common(own.backup(), strange.backup());
        assertThat(send(viewer, "GET", "/v1/backups/" + shared, null)
                        .json()
                        .path("id")
                        .asString())
                .isEqualTo(own.backup());
        assertThat(SERVED.get("/v1/backups/" + shared).code()).isEqualTo("AMBIGUOUS_BACKUP");
    }

    @Test
    void a_stream_tells_of_reached_machines_only_and_ends_with_its_token() {
        MachineId seen = SERVED.machine("seen-1");
        MachineId hidden = SERVED.machine("hidden-1");
        String name = "reader-" + COUNT.incrementAndGet();
        String token = created(name, "VIEWER", ",\"vms\":\"seen-*\"")
                .json()
                .path("token")
                .asString();
        try (HeardStream stream = HeardStream.open(
                SERVED.anonymous("/v1/events?from=start").header("Authorization", "Bearer " + token))) {
            assertThat(stream.nextEvent().json().path("vm").asString()).isEqualTo("seen-1");
            assertThat(stream.nextEvent().json().path("vm").asString()).isEqualTo("seen-1");
            OperationId strange = SERVED.started("/v1/vms/hidden-1/checkpoints", "{}");
            OperationId own = SERVED.started("/v1/vms/seen-1/checkpoints", "{}");
            SERVED.engine.progress(new Progress(hidden, strange, "COPY", 1, 2));
            SERVED.engine.progress(new Progress(seen, own, "COPY", 1, 2));
            List<String> told = new ArrayList<>();
            while (told.size() < 2) {
                HeardStream.Message message = stream.next();
                if (!message.data().isEmpty()) {
                    told.add(message.event() + " " + message.json().path("vm").asString());
                }
            }
            assertThat(told).containsExactlyInAnyOrder("checkpoint-requested.v1 seen-1", "progress seen-1");
            SERVED.engine.progress.clear();

            int before = stream.comments().size();
            assertThat(SERVED.delete("/v1/tokens/" + name).json().path("valid").asBoolean())
                    .isFalse();
            assertThat(send(token, "GET", "/v1/vms", null).status())
                    .as("at once")
                    .isEqualTo(401);
            HeardStream.Message last = stream.next();
            while (last.data().isEmpty() && !HeardStream.ended(last)) {
                last = stream.next();
            }
            assertThat(HeardStream.ended(last)).isTrue();
            assertThat(stream.comments().size()).as("heartbeats meanwhile").isLessThan(before + 2);
        }
    }

    @Test
    void a_token_is_shown_once_kept_as_a_digest_and_its_acts_stay() throws SQLException {
        String name = "nightly-" + COUNT.incrementAndGet();
        Served.Answer answer = created(name, "OPERATOR", "");
        assertThat(answer.status()).isEqualTo(201);
        String token = answer.json().path("token").asString();
        assertThat(token).matches("tmk_[A-Za-z0-9_-]{43}");
        assertThat(SERVED.get("/v1/tokens").text()).contains(name).doesNotContain(token.substring(8));
        assertThat(PlainSql.number(
                        SERVED.database.application(),
                        "SELECT count(*) FROM tidemark.api_token_entry a WHERE a.name = '" + name
                                + "' AND a.by_whom = 'admin'"
                                + " AND a.hash = encode(sha256('" + token + "'), 'hex')"
                                + " AND position('" + token.substring(8) + "' in a::text) = 0"))
                .isEqualTo(1);
        assertThat(created(name, "VIEWER", "").code()).as("a name is used once").isEqualTo("NAME_TAKEN");

        // What it does is done in its name.
        SERVED.machine("nightly-vm");
        String operation = send(token, "POST", "/v1/vms/nightly-vm/checkpoints", "{}")
                .json()
                .path("id")
                .asString();
        assertThat(SERVED.get("/v1/operations/" + operation)
                        .json()
                        .path("caller")
                        .asString())
                .isEqualTo("token:" + name);

        for (String wrong : List.of(
                token.substring(0, 46), token + "A", "tmk_" + "A".repeat(43), token.toUpperCase(Locale.ROOT), "tmk_")) {
            assertThat(send(wrong, "GET", "/v1/vms", null).status()).as(wrong).isEqualTo(401);
        }
        SERVED.delete("/v1/tokens/" + name);
        assertThat(send(token, "GET", "/v1/vms", null).status()).isEqualTo(401);
        JsonNode again = SERVED.delete("/v1/tokens/" + name).json();
        assertThat(again.path("revokedBy").asString()).isEqualTo("admin");
        assertThat(created(name, "VIEWER", "").status()).isEqualTo(409);
        for (String change : List.of("DELETE FROM", "UPDATE", "TRUNCATE")) {
            String statement =
                    change + " tidemark.api_token_entry" + (change.equals("UPDATE") ? " SET role = 'ADMIN'" : "");
            assertThatThrownBy(() -> PlainSql.run(SERVED.database.application(), statement))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> PlainSql.run(SERVED.database.migration(), statement))
                    .hasMessageContaining("append-only");
        }
    }

    @Test
    void an_auditor_of_some_machines_does_not_read_in_the_list_of_tokens_what_others_are_called() {
        token(Role.VIEWER, "hidden-*");
        String own = token(Role.AUDITOR, "shown-*");
        assertThat(send(own, "GET", "/v1/tokens", null).text())
                .contains("shown-*")
                .doesNotContain("hidden-*");
        assertThat(send(token(Role.AUDITOR, "*"), "GET", "/v1/tokens", null).text())
                .contains("shown-*", "hidden-*");
    }

    @Test
    void a_token_ends_by_itself() {
        String token = created("short-" + COUNT.incrementAndGet(), "VIEWER", ",\"lifetimeSeconds\":1")
                .json()
                .path("token")
                .asString();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> send(token, "GET", "/v1/vms", null).status() == 401);
    }

    @Test
    void who_may_not_begin_a_thing_may_not_end_it() {
        SERVED.machine("ending");
        OperationId backup = SERVED.started("/v1/vms/ending/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        String path = "/v1/operations/" + backup + "/abort";
        assertThat(send(token(Role.RETENTION, "*"), "POST", path, "{}").status())
                .isEqualTo(403);
        assertThat(send(token(Role.RESTORER, "*"), "POST", path, "{}").status()).isEqualTo(403);
        assertThat(send(token(Role.OPERATOR, "*"), "POST", path, "{}").status()).isEqualTo(202);
    }

    @Test
    void keys_of_two_callers_have_nothing_to_do_with_each_other() {
        SERVED.machine("keyed");
        String first = token(Role.OPERATOR, "*");
        String second = token(Role.OPERATOR, "*");
        String path = "/v1/vms/keyed/backups";
        String body = "{\"repo\":\"default\",\"noCheckpoint\":true}";
        String one = keyed(first, path, body);
        assertThat(keyed(first, path, body)).isEqualTo(one);
        assertThat(keyed(second, path, body)).isNotEqualTo(one);
    }

    @Test
    void the_names_of_exports_are_for_those_who_may_read_data() {
        Owned owned = owned("kept-1");
        MachineId machine = new MachineId(id("kept-1"));
        SERVED.engine.tell(new RestoreExportOpened(
                machine,
                new OperationId(owned.export()),
                new BackupId(owned.backup()),
                List.of(new ReadyDisk(new DiskName("vda"), "nbd://host/opensesame-vda", Optional.empty(), 4096)),
                Instant.parse("2026-01-02T03:04:07Z")));
        String requested = SERVED.get("/v1/vms/kept-1/events").text();
        int key = requested.indexOf("\"exportKey\":\"") + 13;
        assertThat(key).isGreaterThan(13);
        String exportKey = requested.substring(key, key + 40);
        assertThat(exportKey).matches("[0-9a-f]{40}");
        for (Role role : List.of(Role.VIEWER, Role.AUDITOR, Role.OPERATOR, Role.RETENTION, Role.RESTORER, Role.ADMIN)) {
            String token = token(role, "*");
            boolean mayRead = List.of(Role.OPERATOR, Role.RESTORER, Role.ADMIN).contains(role);
            for (String path :
                    List.of("/v1/vms/kept-1/events", "/v1/vms/kept-1/exports", "/v1/exports/" + owned.export())) {
                String text = send(token, "GET", path, null).text();
                assertThat(text.contains("opensesame")).as(role + " " + path).isEqualTo(mayRead);
                assertThat(text.contains(exportKey))
                        .as(role + " " + path)
                        .isEqualTo(mayRead && path.endsWith("events"));
                assertThat(text).contains("vda");
            }
            try (HeardStream stream = HeardStream.open(SERVED.anonymous(
                            "/v1/events?from=start&vm=kept-1&type=restore-export-requested.v1&type=restore-export-opened.v1")
                    .header("Authorization", "Bearer " + token))) {
                assertThat(stream.nextEvent().data().contains(exportKey))
                        .as(role.word())
                        .isEqualTo(mayRead);
                assertThat(stream.nextEvent().data().contains("opensesame"))
                        .as(role.word())
                        .isEqualTo(mayRead);
            }
        }
    }

    @Test
    void what_a_job_waits_for_names_no_stranger() {
        SERVED.machine("row-1");
        OperationId operation = SERVED.started("/v1/vms/row-1/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}");
        SERVED.engine.waiting.put(operation, "host 'a' has 1 at a time: backup of db-1");
        try {
            assertThat(send(token(Role.VIEWER, "row-*"), "GET", "/v1/operations/" + operation, null)
                            .text())
                    .contains("others are before it")
                    .doesNotContain("db-1");
            assertThat(SERVED.get("/v1/operations/" + operation).text()).contains("db-1");
        } finally {
            SERVED.engine.waiting.clear();
        }
    }

    @Test
    void a_bad_token_is_not_made() {
        List<String> bodies = List.of(
                "{\"role\":\"VIEWER\"}",
                "{\"name\":\"a\"}",
                "{\"name\":\"a\",\"role\":\"viewer\"}",
                "{\"name\":\"a\",\"role\":\"ROOT\"}",
                "{\"name\":\"a\",\"role\":0}",
                "{\"name\":\"-a\",\"role\":\"VIEWER\"}",
                "{\"name\":\"a/b\",\"role\":\"VIEWER\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"vms\":\"\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"vms\":\"(web|db)\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"vms\":\"web\\n*\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"vms\":\"[a-z]*\"}",
                "{\"name\":\"a\",\"role\":\"ADMIN\",\"vms\":\"web-*\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"lifetimeSeconds\":0}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"lifetimeSeconds\":-1}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"lifetimeSeconds\":9223372036854775807}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"lifetimeSeconds\":1.5}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"token\":\"tmk_mine\"}",
                "{\"name\":\"a\",\"role\":\"GATEWAY\"}",
                "{\"name\":\"a\",\"role\":\"GATEWAY\",\"host\":\"../hv2\"}",
                "{\"name\":\"a\",\"role\":\"GATEWAY\",\"host\":\"hv2\",\"vms\":\"web-*\"}",
                "{\"name\":\"a\",\"role\":\"ADMIN\",\"host\":\"hv2\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"certificate\":\"CN=somebody\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"certificate\":\"key:abc\"}",
                "{\"name\":\"a\",\"role\":\"VIEWER\",\"certificate\":\"uri:two words\"}");
        long before = PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.api_token_entry");
        for (String body : bodies) {
            Served.Answer answer = SERVED.post("/v1/tokens", body);
            assertThat(answer.status()).as(body + answer.text()).isEqualTo(400);
        }
        assertThat(SERVED.delete("/v1/tokens/nobody").code()).isEqualTo("TOKEN_NOT_FOUND");
        assertThat(PlainSql.number(SERVED.database.application(), "SELECT count(*) FROM tidemark.api_token_entry"))
                .isEqualTo(before);
    }

    private static Permission needed(Routes.Route route) {
        return RoutePermissions.of(route.method(), route.pattern()).orElseThrow();
    }

    private static String keyed(String token, String path, String body) {
        return SERVED.send(SERVED.anonymous(path)
                        .header("Authorization", "Bearer " + token)
                        .header("Idempotency-Key", "tonight")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)))
                .json()
                .path("id")
                .asString();
    }

    private static String token(Role role, String machines) {
        String name = role.word() + "-" + COUNT.incrementAndGet();
        String vms = role == Role.GATEWAY
                ? ",\"host\":\"host1\""
                : machines.equals("*") ? "" : ",\"vms\":\"" + machines + "\"";
        return created(name, role.name(), vms).json().path("token").asString();
    }

    private static Served.Answer created(String name, String role, String more) {
        return SERVED.post("/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"" + more + "}");
    }

    private static Served.Answer send(String token, String method, String path, @Nullable String body) {
        HttpRequest.Builder request = SERVED.anonymous(path).header("Authorization", "Bearer " + token);
        return SERVED.send(
                body == null
                        ? request.method(method, BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body)));
    }

    private static String id(String vm) {
        return SERVED.get("/v1/vms/" + vm).json().path("id").asString();
    }

    private static String common(String first, String second) {
        int length = 0;
        while (first.charAt(length) == second.charAt(length)) {
            length++;
        }
        assertThat(length).as("both were made within a moment").isGreaterThanOrEqualTo(6);
        return first.substring(0, length);
    }
}
