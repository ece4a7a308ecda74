package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.evidence.BadEvidence;
import dev.tidemark.coordinator.evidence.Book;
import dev.tidemark.coordinator.evidence.HeadSource;
import dev.tidemark.coordinator.evidence.LogRecord;
import dev.tidemark.coordinator.evidence.LogVerifier;
import dev.tidemark.coordinator.ledger.RecordReader;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.view.AuditRow;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Who was let do what, and who was not: one record each, told to those who ask, and chained. */
@Timeout(300)
class ActsIT {
    private static final Served SERVED = new Served();

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void a_command_that_was_accepted_is_told_by_its_event_with_who_and_from_where() {
        SERVED.machine("accepted");
        SERVED.backup("accepted");
        JsonNode act = newest("acts?vm=accepted");
        assertThat(act.path("act").asString()).isEqualTo("BACKUP");
        assertThat(act.path("caller").asString()).isEqualTo("admin");
        assertThat(act.path("method").asString()).isEqualTo("admin-token");
        assertThat(act.path("address").asString()).isEqualTo("127.0.0.1");
        assertThat(act.path("route").asString()).isEqualTo("POST /v1/vms/{vm}/backups");
        assertThat(newest("acts?vm=accepted&what=post%20/v1/vms/*/backups"))
                .as("found by its route")
                .isEqualTo(act);
        assertThat(act.path("decision").asString()).isEqualTo("ALLOWED");
        assertThat(act.path("operation").asString()).hasSize(26);
        assertThat(act.path("request").asString()).hasSize(26);
    }

    @Test
    void a_rule_that_refuses_is_named() {
        SERVED.machine("taken");
        Served.Answer refused = SERVED.post("/v1/vms", "{\"name\":\"taken\",\"qmp\":\"/run/other.sock\"}");
        assertThat(refused.status()).isEqualTo(409);
        JsonNode act = newest("denied?decision=REFUSED");
        assertThat(act.path("code").asString()).isEqualTo("NAME_TAKEN");
        assertThat(act.path("target").asString()).isEqualTo("taken");
        assertThat(act.path("request").asString())
                .isEqualTo(refused.headers().firstValue("X-Request-Id").orElseThrow());
    }

    @Test
    void who_may_not_is_on_record_before_he_is_told() {
        String token = token("denied-viewer", "VIEWER", "*");
        Served.Answer denied = with(token, "POST", "/v1/vms/web/backups", "{\"repo\":\"default\"}");
        assertThat(denied.status()).isEqualTo(403);
        JsonNode act = newest("denied?caller=token:denied-viewer");
        assertThat(act.path("decision").asString()).isEqualTo("DENIED");
        assertThat(act.path("code").asString()).isEqualTo("ACCESS_DENIED");
        assertThat(act.path("method").asString()).isEqualTo("token");
        assertThat(act.path("token").asString()).hasSize(26);
    }

    @Test
    void who_asks_for_a_machine_that_he_does_not_reach_is_on_record_also_if_he_only_reads() {
        SERVED.machine("far-away");
        String token = token("short-sighted", "VIEWER", "near-*");
        assertThat(with(token, "GET", "/v1/vms/far-away", null).status()).isEqualTo(404);
        JsonNode act = newest("denied?caller=token:short-sighted");
        assertThat(act.path("decision").asString()).isEqualTo("DENIED");
        assertThat(act.path("vm").asString()).isEqualTo("far-away");
        // also if he only asks what would come of it
        String what = "{\"repo\":\"default\"}";
        String operator = token("short-handed", "OPERATOR", "near-*");
        assertThat(with(operator, "POST", "/v1/vms/far-away/backups?dryRun=true", what)
                        .status())
                .isEqualTo(404);
        assertThat(newest("denied?caller=token:short-handed").path("vm").asString())
                .isEqualTo("far-away");
        // and so that the time which a record takes tells him nothing, what is not there is on record, too
        assertThat(with(token, "GET", "/v1/vms/far-nothing", null).status()).isEqualTo(404);
        act = newest("denied?caller=token:short-sighted");
        assertThat(act.path("decision").asString()).isEqualTo("REFUSED");
        assertThat(act.path("target").asString()).isEqualTo("far-nothing");
        assertThat(with(operator, "POST", "/v1/vms/far-nothing/backups?dryRun=true", what)
                        .status())
                .isEqualTo(404);
        assertThat(rows("denied?caller=token:short-handed")).hasSize(2);
        // but to ask for what is not there is no act of somebody who reaches everything
        String everything = token("far-sighted", "VIEWER", "*");
        assertThat(with(everything, "GET", "/v1/vms/far-nothing", null).status())
                .isEqualTo(404);
        assertThat(rows("denied?caller=token:far-sighted")).isEmpty();
    }

    @Test
    void what_makes_no_sense_is_invalid_and_a_dry_run_is_no_act() {
        SERVED.machine("sense");
        long before = rows("acts?vm=sense").size();
        assertThat(SERVED.post("/v1/vms/sense/backups", "{\"repo\":7}").status())
                .isEqualTo(400);
        JsonNode act = newest("denied?vm=sense");
        assertThat(act.path("decision").asString()).isEqualTo("INVALID");
        assertThat(SERVED.post("/v1/vms/sense/backups?dryRun=true", "{\"repo\":\"default\"}")
                        .status())
                .isEqualTo(200);
        assertThat(rows("acts?vm=sense")).hasSize((int) before + 1);
    }

    @Test
    void tokens_are_told_by_their_own_entries() {
        token("short-lived", "OPERATOR", "web-*");
        SERVED.delete("/v1/tokens/short-lived");
        assertThat(rows("acts?caller=admin").stream()
                        .filter(row -> row.path("target").asString("").equals("short-lived"))
                        .map(row -> row.path("act").asString()))
                .containsExactly("CREATE_TOKEN", "REVOKE_TOKEN");
        assertThat(rows("deletions"))
                .anyMatch(row -> row.path("act").asString("").equals("REVOKE_TOKEN"));
    }

    @Test
    void reads_that_matter_are_recorded_before_they_are_answered() {
        SERVED.get("/v1/tokens");
        assertThat(newest("acts?decision=ALLOWED").path("route").asString())
                .as("the question itself, too")
                .startsWith("GET /v1/audit/questions");
        assertThat(rows("acts?decision=ALLOWED"))
                .anyMatch(row -> row.path("route").asString("").equals("GET /v1/tokens"));
    }

    @Test
    void strangers_are_counted_and_none_is_left_out() {
        for (int time = 0; time < 40; time++) {
            assertThat(SERVED.send(SERVED.anonymous("/v1/vms").GET()).status()).isEqualTo(401);
        }
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(rows("denied?decision=DENIED").stream()
                                .filter(row -> row.path("code").asString("").equals("UNAUTHENTICATED"))
                                .count())
                        .isPositive());
        assertThat(rows("denied?decision=DENIED").stream()
                        .filter(row -> row.path("code").asString("").equals("UNAUTHENTICATED"))
                        .count())
                .as("records, of 40 calls")
                .isLessThan(5);
    }

    @Test
    void what_cannot_be_recorded_is_not_done() throws SQLException {
        // given a database that takes no act
        PlainSql.run(SERVED.database.migration(), "REVOKE INSERT ON tidemark.act_entry FROM tidemark_application");
        try {
            assertCannotBeRecorded(SERVED.get("/v1/tokens"));
            Served.Answer denied = SERVED.post("/v1/vms/nothing/backups", "{\"repo\":\"default\"}");
            assertThat(denied.status()).isEqualTo(503);
            assertThat(denied.code()).isEqualTo("ACT_NOT_RECORDED");
        } finally {
            PlainSql.run(SERVED.database.migration(), "GRANT INSERT ON tidemark.act_entry TO tidemark_application");
        }
        assertThat(SERVED.get("/v1/tokens").status()).isEqualTo(200);
    }

    /** Whoever sees to the database is told so: not that something broke in the coordinator. */
    private static void assertCannotBeRecorded(Served.Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("STORAGE_UNAVAILABLE");
        assertThat(answer.json().path("detail").asString()).contains("a right is missing");
    }

    @Test
    void what_changes_a_webhook_and_cannot_be_recorded_is_not_done() throws SQLException {
        // given a webhook that was disabled, and a database that takes no act
        PlainSql.run(
                SERVED.database.application(),
                "INSERT INTO tidemark.webhook (id, name, url, events, machines, secret, created_by, position,"
                        + " disabled_because) VALUES ('01K1ZB3S0CVFG8YVYKJ3XBZ9QH', 'siem', 'https://siem.example/in',"
                        + " '{}', '*', '\\x00', 'admin', 0, 'it answered with 410')");
        PlainSql.run(SERVED.database.migration(), "REVOKE INSERT ON tidemark.act_entry FROM tidemark_application");
        try {
            // when
            assertCannotBeRecorded(SERVED.post("/v1/webhooks/siem/enable", "{}"));
            assertCannotBeRecorded(SERVED.post("/v1/webhooks/siem/rotation", "{}"));
            assertCannotBeRecorded(SERVED.delete("/v1/webhooks/siem/rotation"));
            assertCannotBeRecorded(SERVED.post("/v1/webhooks/siem/test", "{}"));
            assertCannotBeRecorded(SERVED.delete("/v1/webhooks/siem"));
        } finally {
            PlainSql.run(SERVED.database.migration(), "GRANT INSERT ON tidemark.act_entry TO tidemark_application");
        }
        // then
        JsonNode still = SERVED.get("/v1/webhooks/siem").json();
        assertThat(still.path("state").asString()).isEqualTo("DISABLED");
        assertThat(still.path("secrets").asInt()).isEqualTo(1);
        assertThat(SERVED.delete("/v1/webhooks/siem").status()).isEqualTo(200);
        assertThat(rows("acts?what=delete%20/v1/webhooks/*"))
                .singleElement()
                .satisfies(act -> assertThat(act.path("target").asString()).isEqualTo("siem"))
                .satisfies(act -> assertThat(act.path("decision").asString()).isEqualTo("ALLOWED"));
    }

    @Test
    void a_search_finds_the_same_by_whole_names_and_by_parts_of_them_wherever_the_act_lies() {
        // given an act of each book: in the log, in the book of acts, among the tokens
        String id = SERVED.machine("searched").value();
        SERVED.backup("searched");
        assertThat(SERVED.post("/v1/vms/searched/backups", "{\"repo\":\"nowhere\"}")
                        .status())
                .isEqualTo(404);
        HttpRequest.Builder labels = SERVED.request("/v1/vms/searched/labels")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"labels\":{\"env\":\"prod\"}}"));
        assertThat(SERVED.send(labels).status()).isEqualTo(200);
        // then
        List<JsonNode> all = rows("acts?vm=searched");
        assertThat(all.stream()
                        .map(act ->
                                act.path("act").asString("") + act.path("code").asString("")))
                .containsExactlyInAnyOrder("REGISTER", "BACKUP", "REPOSITORY_NOT_FOUND", "SET_LABELS");
        assertThat(rows("acts?vm=" + id)).isEqualTo(all);
        assertThat(rows("acts?vm=searched&caller=admin")).isEqualTo(all);
        assertThat(rows("acts?vm=searched&caller=a*n")).isEqualTo(all);
        assertThat(rows("acts?vm=searched&what=*v1/VMS*")).isEqualTo(all);
        assertThat(rows("acts?vm=searched&what=set_labels")).hasSize(1);
        assertThat(rows("acts?vm=searched&what=put%20/V1/vms/*/labels")).hasSize(1);
        assertThat(rows("acts?vm=searched&what=backup")).hasSize(1);
        assertThat(rows("acts?vm=searched&what=post%20/v1/vms/*/backups")).hasSize(2);
        assertThat(rows("acts?vm=searched&what=ackup"))
                .as("not the whole of anything")
                .isEmpty();
        assertThat(rows("acts?vm=searched&what=backup*post"))
                .as("of two texts together")
                .isEmpty();
        assertThat(rows("acts?vm=searche")).isEmpty();
        assertThat(rows("acts?vm=searched&caller=dmi")).isEmpty();
        assertThat(rows("acts?vm=searched&caller=a_min"))
                .as("no letter stands for another")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void each_book_is_chained_as_the_verifier_says(Book book) throws IOException, BadEvidence {
        SERVED.machine("chained-" + book.word());
        token("chained-" + book.word(), "VIEWER", "*");
        SERVED.post("/v1/vms", "{}");
        LogVerifier verifier = new LogVerifier(HeadSource.of(List.of()));
        List<LogRecord> records = new RecordReader(SERVED.database.application(), book)
                .records(0, 3)
                .toList();
        for (LogRecord row : records) {
            verifier.accept(row);
        }
        assertThat(records).isNotEmpty();
        assertThat(verifier.verdict().findings()).isEmpty();
        // and a twin whose first record was changed is found
        LogVerifier suspicious = new LogVerifier(HeadSource.of(List.of()));
        String changed = Json.MAPPER
                .writeValueAsString(records.getFirst())
                .replaceFirst("\"payload\":\"\\{", "\"payload\":\"{ ");
        suspicious.accept(Json.MAPPER.readValue(changed, LogRecord.class));
        assertThat(suspicious.verdict().wrong()).isEqualTo(1);
    }

    @Test
    void pages_and_the_stream_tell_the_same_rows_in_the_same_order() {
        for (int count = 0; count < 12; count++) {
            SERVED.post("/v1/vms/paged/backups", "{\"repo\":\"default\"}");
        }
        String until = "&until=" + Instant.now();
        List<String> streamed = SERVED.get("/v1/audit/questions/acts/rows?caller=admin" + until)
                .text()
                .lines()
                .toList();
        String end = "{\"end\":" + (streamed.size() - 1) + "}";
        assertThat(streamed.getLast()).isEqualTo(end);
        List<String> paged = new ArrayList<>();
        String after = "";
        while (true) {
            JsonNode page = SERVED.get("/v1/audit/questions/acts?caller=admin&limit=5" + until + after)
                    .json();
            page.path("rows").forEach(row -> paged.add(row.toString()));
            if (!page.path("next").isString()) {
                break;
            }
            after = "&after=" + URLEncoder.encode(page.path("next").asString(), StandardCharsets.UTF_8);
        }
        assertThat(paged).hasSizeGreaterThan(12).isEqualTo(streamed.subList(0, streamed.size() - 1));
        JsonNode exactly = SERVED.get("/v1/audit/questions/acts?caller=admin&limit=" + paged.size() + until)
                .json();
        assertThat(exactly.path("rows").size()).isEqualTo(paged.size());
        assertThat(exactly.path("next").isNull()).as("nothing is behind it").isTrue();
    }

    @Test
    void an_auditor_of_some_machines_hears_of_those_alone() {
        SERVED.machine("mine-1");
        SERVED.machine("yours-1");
        String token = token("my-auditor", "AUDITOR", "mine-*");
        JsonNode answer = with(token, "GET", "/v1/audit/questions/acts", null).json();
        assertThat(answer.path("rows"))
                .isNotEmpty()
                .allMatch(row -> row.path("vm").asString("").startsWith("mine-"));
        assertThat(with(token, "GET", "/v1/audit/questions/machine?vm=yours-1", null)
                        .status())
                .isEqualTo(404);
        assertThat(with(token, "GET", "/v1/audit/export", null).status()).isEqualTo(403);
    }

    @Test
    void a_question_refuses_what_says_nothing_to_it() {
        assertThat(SERVED.get("/v1/audit/questions/unverified?caller=admin").code())
                .isEqualTo("INVALID_PARAMETER");
        assertThat(SERVED.get("/v1/audit/questions/machine").code()).isEqualTo("INVALID_PARAMETER");
        assertThat(SERVED.get("/v1/audit/questions/acts?since=yesterday").code())
                .isEqualTo("INVALID_PARAMETER");
        assertThat(SERVED.get("/v1/audit/questions/acts?after=x").code()).isEqualTo("INVALID_PARAMETER");
        assertThat(SERVED.get("/v1/audit/questions/whatever").status()).isEqualTo(404);
    }

    @Test
    void the_other_questions_are_answered() {
        SERVED.machine("asked");
        SERVED.backup("asked");
        assertThat(rows("machine?vm=asked")).isNotEmpty();
        assertThat(rows("unverified?vm=asked&days=7")).hasSize(1);
        assertThat(rows("restores")).isNotNull();
        assertThat(rows("forced-fulls?vm=asked")).isNotNull();
        String backup = SERVED.get("/v1/vms/asked/backups")
                .json()
                .path("backups")
                .path(0)
                .path("id")
                .asString();
        assertThat(rows("backup?backup=" + backup))
                .isNotEmpty()
                .allMatch(row -> row.path("backup").asString("").equals(backup));
        assertThat(SERVED.get("/v1/audit/chain?vm=asked&at=2026-01-01T00:00:00Z")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void the_members_of_rows_are_the_columns_that_the_command_line_writes() {
        assertThat(columns(AuditRow.Act.class)).containsExactlyElementsOf(members(newest("acts")));
    }

    private static List<String> columns(Class<?> row) {
        return Arrays.stream(row.getRecordComponents())
                .map(RecordComponent::getName)
                .filter(name -> !name.equals("place"))
                .toList();
    }

    private static List<String> members(JsonNode row) {
        return List.copyOf(row.propertyNames());
    }

    private static List<JsonNode> rows(String question) {
        JsonNode answer = SERVED.get(
                        "/v1/audit/questions/" + question + (question.contains("?") ? "&" : "?") + "limit=1000")
                .json();
        assertThat(answer.path("rows").isArray()).as(question + ": " + answer).isTrue();
        List<JsonNode> rows = new ArrayList<>();
        answer.path("rows").forEach(rows::add);
        return rows;
    }

    private static JsonNode newest(String question) {
        return rows(question).getLast();
    }

    private static String token(String name, String role, String machines) {
        return SERVED.post(
                        "/v1/tokens",
                        "{\"name\":\"" + name + "\",\"role\":\"" + role + "\",\"vms\":\"" + machines + "\"}")
                .json()
                .path("token")
                .asString();
    }

    private static Served.Answer with(String token, String method, String path, @Nullable String body) {
        return SERVED.send(SERVED.anonymous(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
    }
}
