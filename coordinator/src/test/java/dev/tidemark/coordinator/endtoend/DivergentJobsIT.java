package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.gateway.testkit.Covers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Jobs, exports and transactions that somebody else has a hand in. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class DivergentJobsIT {
    private static final Map<String, Integer> SLOW = Map.of("bytesPerSecondMax", 65_536);

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Client client;
    private Made base;

    DivergentJobsIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
        machine.writeGranule("d0", 1);
        machine.writeGranule("d1", 2);
        base = client.backUp();
    }

    @BeforeEach
    void write() {
        machine.write("d0", 0, 3 << 20);
        machine.write("d1", 0, 3 << 20);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    @Covers({"#17", "#18", "S6", "failure-clears-base"})
    void a_backup_of_which_a_stranger_cancelled_one_job_is_none_and_its_bits_are_kept() {
        JsonNode operation = client.startBackup(SLOW);
        site.api().awaitState(operation, "RUNNING");
        machine.qmp("{\"execute\":\"job-cancel\",\"arguments\":{\"id\":\"tm-"
                + operation.path("id").asString("") + "-1\"}}");
        site.api().failed(operation, "JOB_FAILED");
        JsonNode failed = client.backup(operation);
        assertThat(failed.path("state").asString("")).isEqualTo("FAILED");
        assertThat(directory(failed.path("id").asString(""))).doesNotExist();
        // its checkpoint was made and is there, and is no base
        assertThat(client.events("checkpoint-created")).hasSize(2);
        then(base);
    }

    @Test
    @Covers("#16")
    void a_job_that_a_stranger_cancelled_and_dismissed_is_gone_and_its_backup_with_it() {
        JsonNode operation = client.startBackup(SLOW);
        site.api().awaitState(operation, "RUNNING");
        String job = "tm-" + operation.path("id").asString("") + "-0";
        site.stop();
        try {
            machine.qmp("{\"execute\":\"job-cancel\",\"arguments\":{\"id\":\"" + job + "\"}}");
            Awaitility.await().until(() -> concluded(job));
            machine.qmp("{\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"" + job + "\"}}");
        } finally {
            site.start();
        }
        site.api().failed(operation, "JOB_GONE");
        then(base);
    }

    @Test
    @Covers("#19")
    void a_transaction_that_qemu_undid_leaves_jobs_that_never_were() {
        // given a second disk to which a stranger's job may write, so that no other job may read it
        long size = machine.qmp("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                .valueStream()
                .filter(node -> node.path("node-name").asString("").equals("d1"))
                .mapToLong(node -> node.path("image").path("virtual-size").asLong())
                .findFirst()
                .orElseThrow();
        machine.qmp(
                "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"null-co\",\"node-name\":\"theirs\",\"size\":"
                        + size + "}}");
        machine.qmp("{\"execute\":\"blockdev-backup\",\"arguments\":{\"job-id\":\"theirs\",\"device\":\"theirs\","
                + "\"target\":\"d1\",\"sync\":\"none\"}}");
        // when the first disk's job is made and undone with the rest, and the second is not taken for unplugged
        JsonNode operation = client.startBackup(Map.of());
        site.api().failed(operation, "QEMU_REFUSED");
        assertThat(client.events("backup-started")).hasSize(1);
        machine.qmp("{\"execute\":\"job-cancel\",\"arguments\":{\"id\":\"theirs\"}}");
        Awaitility.await()
                .until(() ->
                        !machine.qmp("{\"execute\":\"query-jobs\"}").toString().contains("theirs"));
        machine.qmp("{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"theirs\"}}");
        // then nothing of it is believed, and the next stands on what was there before
        client.assertClean(site.repository("default"));
        assertThat(machine.leftovers()).isEmpty();
        then(base);
    }

    @Test
    void a_bitmap_that_a_stranger_exports_fails_the_backup_and_keeps_its_bits() {
        // given a bitmap of the second disk that is in use, so that it can be neither merged nor asked
        client.checkpoint("c1");
        String older = machine.bitmaps("d1").keySet().stream()
                .filter(name -> !machine.recording("d1").contains(name))
                .findFirst()
                .orElseThrow();
        machine.qmp("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"theirs\",\"node-name\":"
                + "\"d1\",\"name\":\"theirs\",\"bitmaps\":[\"" + older + "\"]}}");
        // when
        JsonNode operation = client.startBackup(Map.of());
        site.api().failed(operation, "QEMU_REFUSED");
        client.assertClean(site.repository("default"));
        assertThat(machine.leftovers()).isEmpty();
        // then
        machine.qmp("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"theirs\",\"mode\":\"hard\"}}");
        Awaitility.await()
                .until(() -> !machine.qmp("{\"execute\":\"query-block-exports\"}")
                        .toString()
                        .contains("theirs"));
        then(base);
    }

    @Test
    @Covers({"#22", "#20", "#21"})
    void an_export_that_we_left_goes_and_the_server_and_the_exports_of_others_stay() {
        String operation = client.operations().getLast();
        machine.qmp("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"tm-" + operation
                + "-x\",\"node-name\":\"d0\",\"name\":\"ours\"}}");
        machine.qmp("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"theirs\",\"node-name\":"
                + "\"d1\",\"name\":\"theirs\"}}");
        client.reconcile();
        String exports = machine.qmp("{\"execute\":\"query-block-exports\"}").toString();
        assertThat(exports).contains("theirs", "e-d0", "e-d1").doesNotContain("tm-");
        assertThat(client.drift()).containsExactly("LEFTOVER_EXPORT REMOVED");
        // the server still serves
        then(base);
        assertThat(machine.qmp("{\"execute\":\"query-block-exports\"}").toString())
                .contains("theirs");
    }

    private void then(Made parent) {
        Made next = client.backUp();
        assertThat(List.of(next.kind("d0"), next.kind("d1"))).containsExactly("INCREMENTAL", "INCREMENTAL");
        assertThat(next.disk("d0").path("parent").asString("")).isEqualTo(parent.id());
        assertThat(next.disk("d1").path("parent").asString("")).isEqualTo(parent.id());
        client.assertEveryBackupRestoresIdentically();
        client.assertClean(site.repository("default"));
    }

    private boolean concluded(String job) {
        return machine.qmp("{\"execute\":\"query-jobs\"}")
                .valueStream()
                .anyMatch(one -> one.path("id").asString("").equals(job)
                        && one.path("status").asString("").equals("concluded"));
    }

    private Path directory(String backup) {
        String vm = site.api().get(client.path("")).path("id").asString("");
        Path place = site.repository("default").resolve(vm);
        assertThat(Files.isDirectory(place)).isTrue();
        return place.resolve(backup);
    }
}
