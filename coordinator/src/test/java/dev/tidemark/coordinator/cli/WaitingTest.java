package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.cli.PlayedCoordinator.Asked;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From an accepted operation to its outcome, or to the honest end of patience. */
@SuppressWarnings("NullAway.Init")
class WaitingTest {
    private static final String[] START = {"backup", "start", "web1", "--repo=r"};

    @TempDir
    Path home;

    private PlayedCoordinator coordinator;
    private CommandLineRun commands;

    @BeforeEach
    void start() throws IOException {
        coordinator = new PlayedCoordinator();
        commands = CommandLineRun.against(coordinator, home);
        coordinator.answers("GET /v1/backups/" + Answers.BACKUP_ID, Answers.BACKUP);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private static String backup(String state) {
        return Answers.operation("BACKUP", state, Answers.BACKUP_ID);
    }

    private static String copying(long done) {
        return Answers.operation(
                "BACKUP",
                "RUNNING",
                Answers.BACKUP_ID,
                "null",
                "{\"phase\":\"COPYING\",\"bytesDone\":" + done + ",\"bytesTotal\":4194304}");
    }

    private Ended startAnd(String... more) {
        String[] arguments = java.util.Arrays.copyOf(START, START.length + more.length);
        System.arraycopy(more, 0, arguments, START.length, more.length);
        return commands.run(arguments);
    }

    @Test
    void long_polls_until_it_is_done_and_prints_the_backup() {
        coordinator.answers("POST /v1/vms/web1/backups", 202, backup("PENDING"));
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("PENDING"));
        coordinator.answers("GET " + Answers.OPERATION_PATH, copying(1));
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("DONE"));
        Ended ended = startAnd("-o", "json");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results()).contains("\"id\": \"" + Answers.BACKUP_ID + "\"", "\"repo\": \"default\"");
        assertThat(coordinator.asked()).extracting(Asked::path).contains(Answers.OPERATION_PATH + "?wait=10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PENDING", "RUNNING", "UNKNOWN"})
    void an_end_of_patience_is_an_unknown_outcome_with_a_way_on(String state) {
        coordinator.answers("POST /v1/vms/web1/backups", 202, backup(state));
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup(state));
        Ended ended = startAnd("--timeout=0");
        assertThat(ended.exitCode()).isEqualTo(8);
        assertThat(ended.notes())
                .contains("error: operation " + Answers.OPERATION_ID + " has not ended: " + state)
                .contains("tidemark backup watch " + Answers.BACKUP_ID)
                .contains("tidemark backup abort " + Answers.BACKUP_ID);
        assertThat(ended.results()).contains(Answers.BACKUP_ID);
    }

    @Test
    void the_timeout_bounds_each_poll() {
        coordinator.answers("POST /v1/vms/web1/backups", 202, backup("PENDING"));
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("PENDING"));
        assertThat(startAnd("--timeout=1").exitCode()).isEqualTo(8);
        assertThat(coordinator.asked())
                .extracting(Asked::path)
                .contains(Answers.OPERATION_PATH + "?wait=1")
                .doesNotContain(Answers.OPERATION_PATH + "?wait=10");
    }

    @Test
    void a_coordinator_that_comes_back_is_waited_for() {
        coordinator.answers("POST /v1/vms/web1/backups", 202, backup("PENDING"));
        coordinator.refuses("GET " + Answers.OPERATION_PATH, 503, "STARTING");
        coordinator.breaks("GET " + Answers.OPERATION_PATH);
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("DONE"));
        Ended ended = startAnd();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.notes()).isEqualTo("the coordinator does not answer; waiting for it to come back\n");
    }

    @Test
    void a_terminal_sees_one_moving_line_and_scripts_see_none() {
        for (int run = 0; run < 2; run++) {
            coordinator.answers("POST /v1/vms/web1/backups", 202, copying(0));
        }
        coordinator.answers("GET " + Answers.OPERATION_PATH, copying(2_097_152));
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("DONE"));
        Ended lively = commands.onTerminal().run(START);
        assertThat(lively.notes())
                .contains("\r\u001b[Kbackup: copying [#####-----] 50%  2.0 MiB of 4.0 MiB", "/s", "left")
                .endsWith("\r\u001b[K");
        assertThat(coordinator.asked()).extracting(Asked::path).contains(Answers.OPERATION_PATH + "?wait=1");
    }

    @Test
    void a_dumb_terminal_gets_no_escape_sequences() {
        coordinator.answers("POST /v1/vms/web1/backups", 202, copying(0));
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("DONE"));
        assertThat(commands.onTerminal().with("TERM", "dumb").run(START).notes())
                .isEmpty();
    }

    @Test
    void colour_is_for_terminals_that_want_it() {
        coordinator.refuses("GET /v1/vms", 404, "X");
        assertThat(commands.onTerminal().run("vm", "list").notes()).startsWith("\u001b[1;31merror:\u001b[0m it");
        assertThat(commands.with("NO_COLOR", "1").run("vm", "list").notes()).startsWith("error: it");
    }

    @Test
    void watch_finds_the_operation_of_a_running_backup() {
        coordinator.answers("GET /v1/vms/web1/operations", "{\"operations\":[" + backup("RUNNING") + "]}");
        coordinator.answers("GET " + Answers.OPERATION_PATH, backup("DONE"));
        assertThat(commands.run("backup", "watch", Answers.BACKUP_ID).exitCode())
                .isZero();
        assertThat(coordinator.asked()).extracting(Asked::path).contains(Answers.OPERATION_PATH + "?wait=10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"COMPLETED 0", "FAILED 1", "ABORTED 1", "UNKNOWN 8"})
    void watch_of_a_backup_that_has_ended_says_how(String stateAndCode) {
        List<String> expected = List.of(stateAndCode.split(" ", -1));
        coordinator.answers(
                "GET /v1/backups/01K1ZC",
                Answers.BACKUP.replace("COMPLETED", expected.getFirst()).replace("BK01", "BK02"));
        coordinator.answers(
                "GET /v1/backups/" + Answers.BACKUP_ID.replace("BK01", "BK02"),
                Answers.BACKUP.replace("COMPLETED", expected.getFirst()));
        coordinator.answers("GET /v1/vms/web1/operations", "{\"operations\":[]}");
        assertThat(commands.run("backup", "watch", "01K1ZC").exitCode())
                .isEqualTo(Integer.parseInt(expected.getLast()));
    }

    @Test
    void watch_takes_any_operation() {
        String restored =
                Answers.operation("RESTORE", "DONE", "x").replace("\"future\":1", "\"result\":" + Answers.RESTORE);
        coordinator.answers("GET " + Answers.OPERATION_PATH, restored);
        Ended ended = commands.run("backup", "watch", Answers.OPERATION_ID);
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results()).contains("/restore/vda.qcow2");
    }

    @Test
    void children_are_deleted_newest_first_and_the_first_failure_ends_it() {
        String vm = "/v1/vms/web1/checkpoints";
        coordinator.answers("GET " + vm, Answers.CHECKPOINTS);
        coordinator.answers(
                "DELETE " + vm + "/" + Answers.THIRD_CHECKPOINT_ID,
                202,
                Answers.operation("DELETE_CHECKPOINT", "DONE", Answers.THIRD_CHECKPOINT_ID));
        coordinator.answers(
                "DELETE " + vm + "/" + Answers.SECOND_CHECKPOINT_ID,
                202,
                Answers.operation(
                        "DELETE_CHECKPOINT", "FAILED", Answers.SECOND_CHECKPOINT_ID, "\"QEMU_REFUSED\"", "null"));
        Ended ended = commands.run("checkpoint", "delete", "web1", "base", "--children");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.results()).contains("tuesday").doesNotContain("monday", "base");
        assertThat(coordinator.asked())
                .extracting(request -> request.method() + " " + request.path())
                .containsExactly(
                        "GET " + vm + "?deleted=true",
                        "DELETE " + vm + "/" + Answers.THIRD_CHECKPOINT_ID,
                        "DELETE " + vm + "/" + Answers.SECOND_CHECKPOINT_ID);
    }
}
