package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Copies and differentials: they restore like any other backup, and what is taken after them is what it would have been without. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class KindsIT {
    private static final long ONE = (long) Machine.GRANULE + Machine.CANARY;

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    KindsIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private Made differential(String since) {
        return client.backUp(Map.of("kind", "DIFFERENTIAL", "since", since));
    }

    private static long bytes(Made made, String disk) {
        return made.disk(disk).path("bytes").asLong(0);
    }

    private static String parent(Made made, String disk) {
        return made.disk(disk).path("parent").asString("");
    }

    private void then() {
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }

    @Test
    void the_incremental_after_a_copy_is_the_same_as_without_it() {
        // given
        Made first = client.backUp();
        machine.writeGranule("d0", 2);
        machine.write("d1", 1_000_000, 3000);
        Made without = client.backUp(Map.of("noCheckpoint", true));
        JsonNode chain = client.chain();
        var bitmaps = List.of(machine.bitmaps("d0"), machine.bitmaps("d1"));
        // when
        Made copy = client.backUp(Map.of("kind", "COPY"));
        // then
        assertThat(copy.kind("d0")).isEqualTo("FULL REQUESTED");
        assertThat(copy.backup().path("request").asString("")).isEqualTo("COPY");
        assertThat(copy.backup().path("checkpoint").isNull()).isTrue();
        assertThat(List.of(machine.bitmaps("d0"), machine.bitmaps("d1"))).isEqualTo(bitmaps);
        assertThat(client.chain().path("disks")).isEqualTo(chain.path("disks"));
        Made with = client.backUp();
        for (String disk : List.of("d0", "d1")) {
            assertThat(with.kind(disk)).isEqualTo("INCREMENTAL");
            assertThat(parent(with, disk)).isEqualTo(first.id()).isEqualTo(parent(without, disk));
            assertThat(bytes(with, disk)).isEqualTo(ONE).isEqualTo(bytes(without, disk));
        }
        site.api().done(site.api().start("/v1/backups/" + copy.id() + "/verify", Map.of()));
        then();
        // and nothing stands on it
        site.api().done(site.api().delete("/v1/backups/" + copy.id()));
        client.forget(copy);
        then();
    }

    @Test
    void a_differential_holds_all_that_changed_and_the_increments_go_on_beside_it() {
        // given
        Made weekly = client.backUp(Map.of("checkpoint", "weekly"));
        machine.writeGranule("d0", 2);
        Made monday = client.backUp();
        machine.writeGranule("d0", 3);
        machine.writeGranule("d1", 5);
        // when
        Made differential = differential("weekly");
        // then
        assertThat(differential.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(differential.backup().path("request").asString("")).isEqualTo("DIFFERENTIAL");
        assertThat(parent(differential, "d0")).isEqualTo(weekly.id());
        assertThat(bytes(differential, "d0")).isEqualTo(ONE + Machine.GRANULE);
        assertThat(bytes(differential, "d1")).isEqualTo(ONE);
        machine.writeGranule("d0", 4);
        Made tuesday = client.backUp();
        assertThat(parent(tuesday, "d0")).isEqualTo(monday.id());
        assertThat(bytes(tuesday, "d0")).isEqualTo(ONE + Machine.GRANULE);
        assertThat(bytes(differential("weekly"), "d0")).isEqualTo(ONE + 2L * Machine.GRANULE);
        then();
        // and it needs no increment
        for (Made made : List.of(tuesday, monday)) {
            site.api().done(site.api().delete("/v1/backups/" + made.id()));
            client.forget(made);
        }
        machine.writeGranule("d1", 6);
        assertThat(bytes(differential("weekly"), "d1")).isEqualTo(ONE + Machine.GRANULE);
        then();
    }

    @Test
    void a_differential_that_cannot_be_trusted_is_full_and_says_why_and_one_without_a_base_is_refused() {
        // given
        Made weekly = client.backUp(Map.of("checkpoint", "weekly"));
        machine.writeGranule("d0", 2);
        client.checkpoint("bare");
        // when, then
        Api.Answer refused = site.api()
                .post(client.path("/backups"), Map.of("repo", "default", "kind", "DIFFERENTIAL", "since", "bare"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("NO_BACKUP_AT_CHECKPOINT");
        assertThat(refused.text("remedy")).contains("weekly");
        Api.Answer elsewhere = site.api()
                .post(client.path("/backups"), Map.of("repo", "second", "kind", "DIFFERENTIAL", "since", "weekly"));
        assertThat(elsewhere.text("code")).isEqualTo("NO_BACKUP_AT_CHECKPOINT");
        // when somebody removes the bitmap that the union begins with
        machine.qmp("{\"execute\":\"block-dirty-bitmap-remove\",\"arguments\":{\"node\":\"d0\",\"name\":\"tm-"
                + weekly.backup().path("checkpoint").asString("") + "\"}}");
        machine.writeGranule("d1", 3);
        Made full = differential("weekly");
        // then
        assertThat(full.kind("d0")).isEqualTo("FULL BITMAP_MISSING");
        assertThat(full.kind("d1")).isEqualTo("INCREMENTAL");
        assertThat(parent(full, "d1")).isEqualTo(weekly.id());
        assertThat(client.breaks()).contains("d0 BITMAP_MISSING");
        // and it is no base either
        assertThat(client.backUp().kind("d0")).isEqualTo("FULL BITMAP_MISSING");
        then();
    }
}
