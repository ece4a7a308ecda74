package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.coordinator.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Backups that go, on a real QEMU: what stays restores to the byte, and what follows stands on what is there. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class BackupDeletionIT {
    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;

    BackupDeletionIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private Made next(int granule) {
        machine.writeGranule("d0", granule);
        machine.write("d1", 4096L * granule, 700);
        return client.backUp();
    }

    private Path directory(Made backup) {
        String vm = site.api().get(client.path("")).path("id").asString("");
        return site.repository("default").resolve(vm).resolve(backup.id());
    }

    private void delete(Made backup) {
        site.api().done(site.api().delete("/v1/backups/" + backup.id()));
        client.forget(backup);
    }

    private List<String> listed(String query) {
        return site.api()
                .get(client.path("/backups" + query))
                .path("backups")
                .valueStream()
                .map(backup -> backup.path("id").asString("") + " "
                        + backup.path("state").asString(""))
                .toList();
    }

    private void then() {
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }

    @Test
    void the_newest_goes_and_the_next_holds_what_it_held() {
        // given
        next(1);
        Made below = next(2);
        Made newest = next(3);
        // when
        delete(newest);
        machine.writeGranule("d0", 4);
        Made after = client.backUp();
        // then
        assertThat(after.kind("d0")).isEqualTo("INCREMENTAL");
        assertThat(after.disk("d0").path("parent").asString("")).isEqualTo(below.id());
        assertThat(after.disk("d0").path("bytes").asLong(0)).isEqualTo(2L * Machine.GRANULE + Machine.CANARY);
        assertThat(directory(newest)).doesNotExist();
        then();
    }

    @Test
    void what_others_stand_on_is_refused_and_says_what_does() {
        Made full = next(1);
        Made middle = next(2);
        Made newest = next(3);
        Api.Answer refused = site.api().send("DELETE", "/v1/backups/" + full.id(), null);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("BACKUP_NEEDED");
        assertThat(refused.text("detail")).contains(middle.id(), newest.id());
        assertThat(refused.text("remedy")).isNotBlank();
        assertThat(site.api()
                        .send("DELETE", "/v1/backups/" + middle.id() + "?dryRun=true", null)
                        .status())
                .isEqualTo(409);
        then();
    }

    @Test
    void without_any_the_next_is_full_and_says_why() {
        Made only = next(1);
        delete(only);
        machine.writeGranule("d0", 2);
        assertThat(client.backUp().kind("d0")).isEqualTo("FULL BASE_BACKUP_DELETED");
        then();
    }

    @Test
    void a_rehearsal_deletes_nothing() {
        Made only = next(1);
        JsonNode decision = site.api()
                .send("DELETE", "/v1/backups/" + only.id() + "?dryRun=true", null)
                .body();
        assertThat(decision.path("decision").asString("")).isEqualTo("ACCEPTED");
        assertThat(decision.toString()).contains("backup-deletion-requested");
        assertThat(listed("")).containsExactly(only.id() + " COMPLETED");
        then();
    }

    @Test
    void it_stays_in_the_log_and_in_the_list_of_those_that_ask_and_nothing_is_read_from_it() {
        Made first = next(1);
        Made newest = next(2);
        delete(newest);
        assertThat(listed("")).containsExactly(first.id() + " COMPLETED");
        assertThat(listed("?deleted=true")).containsExactly(first.id() + " COMPLETED", newest.id() + " DELETED");
        for (String verb : List.of("verify", "abort")) {
            assertThat(site.api()
                            .post("/v1/backups/" + newest.id() + "/" + verb, Map.of())
                            .status())
                    .isEqualTo(409);
        }
        Api.Answer again = site.api().send("DELETE", "/v1/backups/" + newest.id(), null);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("detail")).contains("DELETED");
        assertThat(client.differing(first, Map.of())).isEmpty();
        assertThat(client.events("backup-deleted")).hasSize(1);
        then();
    }

    @Test
    void one_that_somebody_removed_by_hand_can_be_deleted() {
        Made only = next(1);
        Stage.delete(directory(only));
        delete(only);
        assertThat(listed("?deleted=true")).containsExactly(only.id() + " DELETED");
        then();
    }

    @Test
    void a_repository_that_is_not_there_has_lost_nothing() throws IOException {
        // given
        Map<String, String> second = Map.of("repo", "second");
        Made only = client.backUp(second);
        Path repository = site.repository("second");
        Path elsewhere = repository.resolveSibling("unmounted-" + System.nanoTime());
        Files.move(repository, elsewhere);
        Files.createDirectory(repository);
        // when
        JsonNode failed = site.api().failed(site.api().delete("/v1/backups/" + only.id()), "REPOSITORY_FAILED");
        assertThat(failed.path("error").asString("")).contains("mounted");
        Files.delete(repository);
        Files.move(elsewhere, repository);
        // then
        assertThat(listed("")).containsExactly(only.id() + " COMPLETED");
        then();
    }
}
