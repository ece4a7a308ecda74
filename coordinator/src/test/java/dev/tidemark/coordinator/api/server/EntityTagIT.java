package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What was read has a tag, and who acts on it can say so. */
class EntityTagIT {
    private static final Served SERVED = new Served();

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void what_has_not_changed_is_not_sent_again() {
        SERVED.machine("still");
        String backup = SERVED.backup("still").value();
        SERVED.post("/v1/vms/still/checkpoints", "{\"name\":\"monday\"}");
        for (String path : List.of(
                "/v1/vms/still",
                "/v1/vms/still/chain",
                "/v1/vms/still/checkpoints",
                "/v1/vms/still/checkpoints/monday",
                "/v1/vms/still/backups",
                "/v1/vms/still/backups/plan?repo=default",
                "/v1/backups/" + backup,
                "/v1/vms/still/exports",
                "/v1/vms/still/retention",
                "/v1/vms/still/retention/default/plan")) {
            Served.Answer first = SERVED.get(path);
            assertThat(first.status()).as(path + first.text()).isEqualTo(200);
            String tag = tag(first);
            assertThat(tag).as(path).matches("\"[0-7][0-9A-Z]{25}-[1-9][0-9]*-[0-9a-f]{16}\"");
            for (String header : List.of(tag, "W/" + tag, "\"other\", " + tag, "*", ",," + tag + " ,")) {
                Served.Answer again = SERVED.send(SERVED.request(path).header("If-None-Match", header));
                assertThat(again.status()).as(path + " " + header).isEqualTo(304);
                assertThat(again.text()).isEmpty();
                assertThat(tag(again)).isEqualTo(tag);
            }
            assertThat(SERVED.send(SERVED.request(path).header("If-None-Match", "\"other\""))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_tag_changes_with_all_that_the_answer_tells() {
        MachineId machine = SERVED.machine("telling");
        String first = tag(SERVED.get("/v1/vms/telling"));
        SERVED.engine.sights.put(
                machine, new MachineSight(MachineSight.State.DOWN, Optional.of("refused"), Optional.empty(), Map.of()));
        String down = tag(SERVED.get("/v1/vms/telling"));
        assertThat(down).as("what is seen and not in the log").isNotEqualTo(first);
        assertThat(version(down)).isEqualTo(version(first));

        OperationId operation = SERVED.started("/v1/vms/telling/backups", "{\"repo\":\"default\"}");
        String asked = tag(SERVED.get("/v1/vms/telling"));
        assertThat(version(asked)).as("what is in the log").isNotEqualTo(version(down));
        String backup =
                SERVED.get("/v1/operations/" + operation).json().path("target").asString();
        String before = tag(SERVED.get("/v1/backups/" + backup));
        SERVED.engine.progress(new Progress(machine, operation, "COPY", 1, 2));
        assertThat(tag(SERVED.get("/v1/backups/" + backup))).as("how far it is").isNotEqualTo(before);
        SERVED.engine.progress.clear();
    }

    @Test
    void an_act_on_what_was_read_is_refused_once_that_has_changed() {
        SERVED.machine("acted");
        String tag = tag(SERVED.get("/v1/vms/acted"));
        int before = SERVED.engine.submitted.size();
        assertThat(checkpoint("acted", "\"elsewhere\", " + tag).status()).isEqualTo(202);
        assertThat(SERVED.engine.submitted).hasSize(before + 1).last().isInstanceOf(CreateCheckpoint.class);

        for (String outdated : List.of(tag, "\"" + version(tag) + "\"", "W/" + tag, "\"elsewhere\"", "\"\"")) {
            Served.Answer answer = checkpoint("acted", outdated);
            assertThat(answer.status()).as(outdated + answer.text()).isEqualTo(412);
            assertThat(answer.code()).isEqualTo("PRECONDITION_FAILED");
            String current = answer.json().path("currentTag").asString();
            assertThat(current).isEqualTo("\"" + version(tag(SERVED.get("/v1/vms/acted"))) + "\"");
            assertThat(answer.headers().firstValue("ETag")).contains(current);
            Served.Answer thought = SERVED.post("/v1/vms/acted/checkpoints?dryRun=true", "{}", "If-Match", outdated);
            assertThat(thought.status()).isEqualTo(412);
        }
        assertThat(SERVED.engine.submitted).hasSize(before + 1);
        String weak = "W/" + tag(SERVED.get("/v1/vms/acted"));
        assertThat(checkpoint("acted", weak).status())
                .as("nothing is equal to a weak tag")
                .isEqualTo(412);

        String current = checkpoint("acted", tag).json().path("currentTag").asString();
        assertThat(checkpoint("acted", current).status()).isEqualTo(202);
        assertThat(checkpoint("acted", "*").status()).isEqualTo(202);
        assertThat(SERVED.post("/v1/vms", "{\"name\":\"none\",\"qmp\":\"/run/x\"}", "If-Match", "*")
                        .status())
                .as("nothing is there yet")
                .isEqualTo(412);
        assertThat(SERVED.post("/v1/vms/nobody/checkpoints", "{}", "If-Match", "*")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void the_tag_of_another_machine_of_the_same_name_is_not_met() {
        SERVED.machine("reborn");
        String tag = tag(SERVED.get("/v1/vms/reborn"));
        SERVED.delete("/v1/vms/reborn");
        SERVED.machine("reborn");
        String now = tag(SERVED.get("/v1/vms/reborn"));
        assertThat(version(now).substring(27))
                .as("as many events")
                .isEqualTo(version(tag).substring(27));
        assertThat(checkpoint("reborn", tag).status()).isEqualTo(412);
        assertThat(checkpoint("reborn", now).status()).isEqualTo(202);
    }

    @Test
    void of_two_acts_with_one_tag_one_is_accepted() throws Exception {
        SERVED.machine("contested");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 5; round++) {
                String tag = tag(SERVED.get("/v1/vms/contested"));
                List<Callable<Served.Answer>> acts = new ArrayList<>();
                for (int number = 0; number < 8; number++) {
                    acts.add(() -> checkpoint("contested", tag));
                }
                List<Integer> statuses = new ArrayList<>();
                for (Future<Served.Answer> answer : threads.invokeAll(acts)) {
                    statuses.add(answer.get().status());
                }
                assertThat(statuses).containsOnly(202, 412).containsOnlyOnce(202);
            }
        }
    }

    @Test
    void a_repeat_with_a_key_is_answered_as_before_although_the_tag_is_outdated() {
        SERVED.machine("keyed");
        String tag = tag(SERVED.get("/v1/vms/keyed"));
        Served.Answer first =
                SERVED.post("/v1/vms/keyed/checkpoints", "{}", "If-Match", tag, "Idempotency-Key", "keyed-1");
        Served.Answer again =
                SERVED.post("/v1/vms/keyed/checkpoints", "{}", "If-Match", tag, "Idempotency-Key", "keyed-1");
        assertThat(first.status()).isEqualTo(202);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(SERVED.post("/v1/vms/keyed/checkpoints", "{}", "If-Match", "*", "Idempotency-Key", "keyed-1")
                        .code())
                .isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    @Test
    void a_condition_that_nobody_would_look_at_is_refused() {
        SERVED.machine("unlooked");
        for (Served.Answer answer : List.of(
                SERVED.post("/v1/tokens", "{\"name\":\"t\",\"role\":\"VIEWER\"}", "If-Match", "*"),
                SERVED.delete("/v1/tokens/t", "If-Match", "*"),
                SERVED.post("/v1/vms/unlooked/reconciliation", "{}", "If-Match", "*"),
                SERVED.post("/v1/vms/unlooked/checkpoints", "{}", "If-None-Match", "*"),
                SERVED.delete("/v1/vms/unlooked?force=true", "If-Match", "*"))) {
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("PRECONDITION_UNSUPPORTED");
        }
    }

    @Test
    void what_is_no_list_of_tags_is_refused() {
        SERVED.machine("misspelt");
        for (String wrong : List.of(
                "",
                ",",
                "1",
                "web",
                "\"a",
                "a\"",
                "\"a\" \"b\"",
                "*, \"a\"",
                "w/\"a\"",
                "W/ \"a\"",
                "\"a b\"",
                "'a'",
                "\"a\";q=1")) {
            for (Served.Answer answer : List.of(
                    checkpoint("misspelt", wrong),
                    SERVED.send(SERVED.request("/v1/vms/misspelt").header("If-None-Match", wrong)),
                    SERVED.send(SERVED.request("/v1/vms/misspelt").header("If-Match", wrong)))) {
                assertThat(answer.status())
                        .as("<" + wrong + "> " + answer.text())
                        .isEqualTo(400);
                assertThat(answer.code()).isEqualTo("INVALID_ENTITY_TAG");
            }
        }
        assertThat(SERVED.send(SERVED.request("/v1/vms/misspelt").header("If-Match", "\"other\""))
                        .status())
                .isEqualTo(412);
        assertThat(SERVED.send(SERVED.request("/v1/vms/misspelt").header("If-Match", "*"))
                        .status())
                .isEqualTo(200);
    }

    private static Served.Answer checkpoint(String vm, String match) {
        return SERVED.post("/v1/vms/" + vm + "/checkpoints", "{}", "If-Match", match);
    }

    private static String tag(Served.Answer answer) {
        return answer.headers().firstValue("ETag").orElseThrow();
    }

    /** Machine and version of a tag, without the digest. */
    private static String version(String tag) {
        return tag.substring(1, tag.lastIndexOf('-'));
    }
}
