package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.RoutePermissions;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Labels of machines, and credentials that are kept to those that have one. */
class LabelIT {
    private static final Served SERVED = new Served();
    private static final AtomicInteger COUNT = new AtomicInteger();

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void labels_are_put_in_place_of_those_before_and_only_if_they_are_as_expected() {
        SERVED.machine("shop-1");
        Served.Answer none = SERVED.get("/v1/vms/shop-1/labels");
        assertThat(none.json().path("labels").isEmpty()).isTrue();
        assertThat(none.json().path("version").asLong()).isZero();

        String first = tag(none);
        Served.Answer one = put("shop-1", "\"env\":\"prod\",\"team\":\"shop\"", first);
        assertThat(one.status()).as(one.text()).isEqualTo(200);
        assertThat(one.json().path("changedBy").asString()).isEqualTo("admin");
        Served.Answer late = put("shop-1", "\"env\":\"test\"", first);
        assertThat(late.status()).isEqualTo(412);
        assertThat(late.json().path("currentTag").asString()).isEqualTo(tag(one));
        assertThat(put("shop-1", "\"env\":\"test\"", "W/" + tag(one)).status())
                .as("a weak tag is equal to nothing")
                .isEqualTo(412);
        assertThat(SERVED.get("/v1/vms/shop-1")
                        .json()
                        .path("labels")
                        .path("team")
                        .asString())
                .isEqualTo("shop");

        Served.Answer same = put("shop-1", "\"team\":\"shop\",\"env\":\"prod\"", null);
        assertThat(same.json().path("version").asLong())
                .as("nothing has changed")
                .isEqualTo(1);
        assertThat(put("shop-1", "", "*").json().path("version").asLong()).isEqualTo(2);
        assertThat(SERVED.get("/v1/vms/shop-1").json().path("labels").isEmpty()).isTrue();
    }

    @Test
    void what_is_no_label_is_refused_and_nothing_is_kept() {
        SERVED.machine("shop-2");
        StringBuilder many = new StringBuilder("\"k0\":\"v\"");
        for (int label = 1; label <= 32; label++) {
            many.append(",\"k").append(label).append("\":\"v\"");
        }
        for (String labels : List.of(
                "\"\":\"v\"",
                "\"env\":\"\"",
                "\"env\":null",
                "\"env\":1",
                "\"env\":[\"a\"]",
                "\"e=v\":\"a\"",
                "\"env\":\"a=b\"",
                "\"env\":\"a b\"",
                "\"env\":\"a,b\"",
                "\"env\":\"a\\u0000\"",
                "\"-env\":\"a\"",
                "\"env\":\"" + "x".repeat(64) + "\"",
                "\"env\":\"a\",\"env\":\"b\"",
                many.toString())) {
            assertThat(put("shop-2", labels, null).status()).as(labels).isEqualTo(400);
        }
        assertThat(put("shop-2", "\"env\":\"a\"", "nonsense").code()).isEqualTo("INVALID_ENTITY_TAG");
        assertThat(put("nobody", "\"env\":\"a\"", null).code()).isEqualTo("VM_NOT_FOUND");
        assertThat(SERVED.get("/v1/vms?label=env").status()).isEqualTo(400);
        assertThat(SERVED.get("/v1/vms/shop-2/labels").json().path("version").asLong())
                .isZero();
    }

    @Test
    void a_machine_without_the_label_is_not_there_and_a_change_takes_effect_at_once() {
        SERVED.machine("mine-1");
        SERVED.machine("other-1");
        put("mine-1", "\"zone\":\"a\"", null);
        put("other-1", "\"zone\":\"b\"", null);
        String operation = SERVED.started("/v1/vms/other-1/checkpoints", "{\"name\":\"monday\"}")
                .value();
        String backup = SERVED.backup("other-1").value();
        String viewer = token(Role.VIEWER, "zone=a");
        int probed = 0;
        for (Role role : List.of(Role.VIEWER, Role.OPERATOR, Role.RETENTION, Role.RESTORER)) {
            String token = token(role, "zone=a");
            for (Routes.Route route : Routes.ALL) {
                boolean may = role.may(
                        RoutePermissions.of(route.method(), route.pattern()).orElseThrow());
                if (!may || !route.pattern().matches(".*\\{(vm|backup|operation)}.*")) {
                    continue;
                }
                String path = route.pattern()
                        .replace("{vm}", "other-1")
                        .replace("{checkpoint}", "monday")
                        .replace("{repo}", "default")
                        .replace("{backup}", backup)
                        .replace("{operation}", operation);
                String query = path.endsWith("/backups/plan") ? "?repo=default" : "";
                Served.Answer answer = send(token, route.method(), path + query, route.body());
                assertThat(answer.status())
                        .as(role + " " + route + answer.text())
                        .isEqualTo(404);
                probed++;
            }
        }
        assertThat(probed).isGreaterThan(25);
        assertThat(send(viewer, "GET", "/v1/vms", null).text())
                .contains("mine-1")
                .doesNotContain("other-1");
        assertThat(SERVED.send(SERVED.anonymous("/v1/vms?fields=name")
                                .header("Authorization", "Bearer " + viewer)
                                .header("Accept", "application/x-ndjson")
                                .GET())
                        .text())
                .as("all of them in one answer are all that the token reaches")
                .isEqualTo("{\"name\":\"mine-1\"}\n{\"end\":1}\n");
        assertThat(send(viewer, "GET", "/v1/events?vm=other-1", null).code()).isEqualTo("VM_NOT_FOUND");
        assertThat(send(viewer, "GET", "/metrics", null).text()).doesNotContain("other-1");

        put("other-1", "\"zone\":\"a\"", null);
        put("mine-1", "\"zone\":\"b\"", null);
        assertThat(send(viewer, "GET", "/v1/operations/" + operation, null).status())
                .isEqualTo(200);
        assertThat(send(viewer, "GET", "/v1/backups/" + backup, null).status()).isEqualTo(200);
        assertThat(send(viewer, "GET", "/v1/vms/mine-1", null).status()).isEqualTo(404);
        assertThat(send(viewer, "GET", "/v1/vms", null).text())
                .contains("other-1")
                .doesNotContain("mine-1");
        assertThat(SERVED.get("/v1/vms?label=zone=a").json().path("vms").size()).isEqualTo(1);
        assertThat(send(viewer, "GET", "/v1/vms?label=zone=b", null)
                        .json()
                        .path("vms")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void what_somebody_started_and_does_not_reach_any_more_is_not_there_when_he_repeats_his_request() {
        // given
        SERVED.machine("left-1");
        put("left-1", "\"zone\":\"left\"", null);
        String operator = token(Role.OPERATOR, "zone=left");
        Supplier<Served.Answer> request = () -> SERVED.send(SERVED.anonymous("/v1/vms/left-1/backups")
                .header("Authorization", "Bearer " + operator)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "tonight")
                .POST(BodyPublishers.ofString("{\"repo\":\"default\"}")));
        String started = request.get().json().path("id").asString();
        assertThat(request.get().json().path("id").asString()).isEqualTo(started);
        // when
        put("left-1", "", null);
        // then
        assertThat(request.get().code()).isEqualTo("VM_NOT_FOUND");
        // and when
        put("left-1", "\"zone\":\"left\"", null);
        assertThat(request.get().json().path("id").asString()).isEqualTo(started);
    }

    @Test
    void a_pattern_and_a_label_have_to_be_met_both() {
        for (String name : List.of("both-1", "both-2", "else-1")) {
            SERVED.machine(name);
        }
        put("both-1", "\"tier\":\"db\"", null);
        put("else-1", "\"tier\":\"db\"", null);
        String viewer = token(Role.VIEWER, "both-*,tier=db");
        assertThat(send(viewer, "GET", "/v1/vms", null).json().path("vms").size())
                .isEqualTo(1);
        assertThat(send(viewer, "GET", "/v1/vms/both-1", null).status()).isEqualTo(200);
        assertThat(send(viewer, "GET", "/v1/vms/both-2", null).status()).isEqualTo(404);
        assertThat(send(viewer, "GET", "/v1/vms/else-1", null).status()).isEqualTo(404);
        assertThat(created("no-admin", "ADMIN", "env=prod").status()).isEqualTo(400);
    }

    @Test
    void an_open_stream_ends_when_its_reader_reaches_something_else() {
        MachineId machine = SERVED.machine("told-1");
        put("told-1", "\"stream\":\"yes\"", null);
        String token = token(Role.VIEWER, "stream=yes");
        try (HeardStream stream = HeardStream.open(
                SERVED.anonymous("/v1/events?from=start").header("Authorization", "Bearer " + token))) {
            assertThat(stream.nextEvent().json().path("vm").asString()).isEqualTo("told-1");
            OperationId operation = SERVED.started("/v1/vms/told-1/checkpoints", "{}");
            SERVED.engine.progress(new Progress(machine, operation, "COPY", 1, 2));
            HeardStream.Message message = stream.next();
            while (!message.event().equals("progress")) {
                message = stream.next();
            }
            put("told-1", "", null);
            while (!HeardStream.ended(message)) {
                message = stream.next();
            }
        } finally {
            SERVED.engine.progress.clear();
        }
        try (HeardStream stream = HeardStream.open(
                SERVED.anonymous("/v1/events?from=start").header("Authorization", "Bearer " + token))) {
            put("told-1", "\"stream\":\"yes\"", null);
            HeardStream.Message message = stream.next();
            while (!HeardStream.ended(message)) {
                assertThat(message.data()).doesNotContain("told-1");
                message = stream.next();
            }
        }
    }

    @Test
    void who_said_what_is_an_act_in_the_book_of_credentials_and_stays() throws SQLException {
        String id = SERVED.machine("kept-1").value();
        String auditor = token(Role.AUDITOR, "*");
        assertThat(send(auditor, "PUT", "/v1/vms/kept-1/labels", "{\"labels\":{}}")
                        .code())
                .isEqualTo("ACCESS_DENIED");
        put("kept-1", "\"env\":\"prod\",\"a\":\"1\"", null);
        put("kept-1", "", null);
        Served.Answer acts = send(auditor, "GET", "/v1/audit/questions/acts?vm=kept-1&decision=ALLOWED", null);
        List<String> told = acts.json()
                .path("rows")
                .valueStream()
                .filter(row -> row.path("act").asString("").equals("SET_LABELS"))
                .map(row -> row.path("caller").asString() + ": "
                        + row.path("detail").asString())
                .toList();
        assertThat(told).containsExactly("admin: a=1, env=prod", "admin: no labels");
        assertThat(SERVED.get("/v1/audit/records?book=tokens&limit=1000").text())
                .contains(id + "/1", id + "/2");
        for (String change : List.of(
                "UPDATE tidemark.api_token_entry SET labels = '{}' WHERE vm = '" + id + "'",
                "DELETE FROM tidemark.api_token_entry WHERE vm = '" + id + "'")) {
            assertThatThrownBy(() -> PlainSql.run(SERVED.database.migration(), change))
                    .hasMessageContaining("append-only");
        }
        for (String forged : List.of(
                "(token, act, by_whom, vm, labels) VALUES ('" + id + "/x', 'LABELLED', 'x', '" + id + "', '{}')",
                "(token, act, by_whom, vm, labels) VALUES ('" + id + "/9', 'LABELLED', 'x', 'other', '{}')",
                "(token, act, by_whom, labels) VALUES ('" + id + "/9', 'LABELLED', 'x', '{}')")) {
            assertThatThrownBy(() -> PlainSql.run(
                            SERVED.database.application(), "INSERT INTO tidemark.api_token_entry " + forged))
                    .hasMessageContaining("labels_are_a_machines");
        }
    }

    @Test
    void of_many_who_change_labels_at_once_none_undoes_what_he_has_not_seen() throws InterruptedException {
        SERVED.machine("race-1");
        String tag = tag(SERVED.get("/v1/vms/race-1/labels"));
        AtomicInteger accepted = new AtomicInteger();
        List<Thread> writers = java.util.stream.IntStream.range(0, 8)
                .mapToObj(writer -> Thread.ofVirtual().start(() -> {
                    if (put("race-1", "\"writer\":\"w" + writer + "\"", tag).status() == 200) {
                        accepted.incrementAndGet();
                    }
                }))
                .toList();
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(accepted.get()).isEqualTo(1);
        assertThat(SERVED.get("/v1/vms/race-1/labels").json().path("version").asLong())
                .isEqualTo(1);
    }

    private static Served.Answer put(String vm, String labels, @Nullable String tag) {
        HttpRequest.Builder request = SERVED.request("/v1/vms/" + vm + "/labels")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"labels\":{" + labels + "}}"));
        return SERVED.send(tag == null ? request : request.header("If-Match", tag));
    }

    private static String tag(Served.Answer answer) {
        String tag = answer.headers().firstValue("ETag").orElseThrow();
        assertThat(answer.json().path("tag").asString()).isEqualTo(tag);
        return tag;
    }

    private static String token(Role role, String scope) {
        return created("of-label-" + COUNT.incrementAndGet(), role.name(), scope)
                .json()
                .path("token")
                .asString();
    }

    private static Served.Answer created(String name, String role, String scope) {
        return SERVED.post(
                "/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\",\"vms\":\"" + scope + "\"}");
    }

    private static Served.Answer send(String token, String method, String path, @Nullable String body) {
        HttpRequest.Builder request = SERVED.anonymous(path).header("Authorization", "Bearer " + token);
        return SERVED.send(
                body == null
                        ? request.method(method, BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body)));
    }
}
