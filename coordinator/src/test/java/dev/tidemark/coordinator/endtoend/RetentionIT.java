package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What a policy keeps restores to the byte, whenever its application is cut off; and it leaves no bitmap without a purpose. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class RetentionIT {
    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    RetentionIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private record Ended(int exitCode, String results, String notes) {
        JsonNode json() {
            assertThat(exitCode).as("%s", notes).isZero();
            return Json.MAPPER.readTree(results);
        }
    }

    private Ended run(String... arguments) {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        Map<String, String> environment = Map.of("TIDEMARK_HOME", site.home().toString());
        int exitCode = new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(new Terminal(results, notes, environment, false), arguments);
        return new Ended(exitCode, results.toString(StandardCharsets.UTF_8), notes.toString(StandardCharsets.UTF_8));
    }

    private Made next(int granule, String kind) {
        machine.writeGranule("d0", granule);
        machine.write("d1", 4096L * granule, 700);
        return client.backUp(Map.of("kind", kind));
    }

    private List<String> ids(String query) {
        return site.api()
                .get(client.path("/backups" + query))
                .path("backups")
                .valueStream()
                .map(backup -> backup.path("id").asString(""))
                .toList();
    }

    private static List<String> words(JsonNode list) {
        return list.valueStream().map(word -> word.asString("")).toList();
    }

    private void then() {
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }

    @Test
    void apply_deletes_what_the_policy_does_not_keep_and_the_checkpoints_that_nothing_needs() {
        // given
        Made first = next(1, "AUTO");
        Made second = next(2, "AUTO");
        Made third = next(3, "FULL");
        Made fourth = next(4, "AUTO");
        assertThat(machine.bitmaps("d0")).hasSize(4);
        assertThat(run("retention", "set", client.vm(), "--keep-last", "2").exitCode())
                .isZero();
        // when
        JsonNode plan = run("retention", "plan", client.vm(), "-o", "json").json();
        assertThat(words(plan.path("deletions"))).containsExactly(second.id(), first.id());
        assertThat(run("retention", "apply", client.vm(), "--dry-run").results())
                .contains("goes", "stays", "newest", "base", "needed by");
        assertThat(ids("")).hasSize(4);
        JsonNode applied = run("retention", "apply", client.vm(), "-o", "json").json();
        // then
        assertThat(words(applied.path("backups"))).containsExactly(second.id(), first.id());
        assertThat(ids("")).containsExactly(third.id(), fourth.id());
        assertThat(ids("?deleted=true")).hasSize(4);
        client.forget(first);
        client.forget(second);
        assertThat(machine.bitmaps("d0").keySet())
                .containsExactlyInAnyOrder(
                        "tm-" + third.backup().path("checkpoint").asString(""),
                        "tm-" + fourth.backup().path("checkpoint").asString(""));
        machine.writeGranule("d0", 9);
        Made next = client.backUp();
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(next.disk("d0").path("bytes").asLong(0)).isEqualTo((long) Machine.GRANULE + Machine.CANARY);
        assertThat(run("retention", "apply", client.vm(), "--no-merge").results())
                .contains("nothing to delete");
        then();
    }

    @Test
    void what_stays_takes_in_what_goes_below_it_and_the_next_is_incremental_on_top() {
        // given
        Made full = next(1, "AUTO");
        Made second = next(2, "AUTO");
        Made third = next(3, "AUTO");
        Made fourth = next(4, "AUTO");
        run("retention", "set", client.vm(), "--keep-last", "2");
        // when
        assertThat(words(run("retention", "plan", client.vm(), "--no-merge", "-o", "json")
                        .json()
                        .path("deletions")))
                .isEmpty();
        JsonNode plan = run("retention", "plan", client.vm(), "-o", "json").json();
        assertThat(words(plan.path("deletions"))).containsExactly(second.id(), full.id());
        assertThat(plan.path("merges").path(0).path("id").asString("")).isEqualTo(third.id());
        assertThat(plan.path("merges").path(0).path("bytes").asLong(0)).isPositive();
        assertThat(run("retention", "plan", client.vm()).results())
                .contains("merged first", third.id(), "becomes full", "are copied");
        JsonNode applied = run("retention", "apply", client.vm(), "-o", "json").json();
        // then
        assertThat(words(applied.path("merged"))).containsExactly(third.id());
        assertThat(words(applied.path("backups"))).containsExactly(second.id(), full.id());
        client.forget(full);
        client.forget(second);
        JsonNode merged = site.api().get("/v1/backups/" + third.id());
        assertThat(merged.path("disks").path(0).path("kind").asString("")).isEqualTo("FULL");
        assertThat(merged.path("mergedBy").asString("")).isNotBlank();
        assertThat(merged.path("mergedAt").asString("")).isNotBlank();
        Made next = next(5, "AUTO");
        assertThat(next.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(run("backup", "merge", fourth.id()).exitCode()).isZero();
        assertThat(run("backup", "merge", fourth.id()).exitCode()).isEqualTo(4);
        assertThat(run("backup", "verify", next.id()).exitCode()).isZero();
        site.api().done(site.api().delete("/v1/backups/" + third.id()));
        client.forget(third);
        then();
    }

    @Test
    void wherever_it_is_cut_off_what_stays_restores() {
        next(1, "AUTO");
        next(2, "AUTO");
        next(3, "AUTO");
        next(4, "FULL");
        run("retention", "set", client.vm(), "--keep-last", "1");
        List<String> deletions =
                words(site.api().get(client.path("/retention/default/plan")).path("deletions"));
        assertThat(deletions).hasSize(3);
        for (String going : deletions) {
            site.api().done(site.api().delete("/v1/backups/" + going + "?policy=true"));
            client.made().stream().filter(made -> made.id().equals(going)).forEach(client::forget);
            client.assertEveryBackupRestoresIdentically();
        }
        then();
    }

    @Test
    void protected_and_held_ones_stay_with_what_they_stand_on_and_the_log_says_who_held_them() {
        // given
        Made first = next(1, "AUTO");
        Made second = next(2, "AUTO");
        Made third = next(3, "FULL");
        next(4, "FULL");
        assertThat(run("backup", "protect", second.id(), "--hold", "case 7").exitCode())
                .isZero();
        assertThat(run("backup", "protect", third.id()).exitCode()).isZero();
        run("retention", "set", client.vm(), "--keep-last", "1");
        // when, then
        assertThat(run("retention", "apply", client.vm()).results()).contains("nothing to delete");
        JsonNode held = site.api().get("/v1/backups/" + second.id());
        assertThat(held.path("hold").asString("")).isEqualTo("case 7");
        assertThat(held.path("heldBy").asString("")).isNotBlank();
        Ended refused = run("backup", "delete", second.id());
        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.notes()).contains("case 7", "--release-hold");
        assertThat(run("backup", "unprotect", second.id()).exitCode()).isEqualTo(4);
        assertThat(run("backup", "unprotect", second.id(), "--release-hold").exitCode())
                .isZero();
        assertThat(words(run("retention", "apply", client.vm(), "-o", "json")
                        .json()
                        .path("backups")))
                .containsExactly(second.id(), first.id());
        client.forget(first);
        client.forget(second);
        then();
    }

    @Test
    void without_a_policy_nothing_is_planned_and_one_that_keeps_it_protects_from_its_own_word() {
        Made only = next(1, "AUTO");
        assertThat(run("retention", "plan", client.vm()).exitCode()).isEqualTo(3);
        run("retention", "set", client.vm(), "--keep-daily", "7");
        assertThat(run("retention", "show", client.vm()).results()).contains("7");
        Api.Answer refused = site.api().send("DELETE", "/v1/backups/" + only.id() + "?policy=true", null);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("RETENTION_KEEPS");
        assertThat(run("retention", "clear", client.vm()).exitCode()).isZero();
        assertThat(run("retention", "show", client.vm()).results()).contains("everything stays");
        then();
    }
}
