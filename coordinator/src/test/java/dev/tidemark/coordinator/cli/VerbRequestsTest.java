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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each verb asks for. */
@SuppressWarnings("NullAway.Init")
class VerbRequestsTest {
    @TempDir
    Path home;

    private PlayedCoordinator coordinator;
    private CommandLineRun commands;

    @BeforeEach
    void start() throws IOException {
        coordinator = new PlayedCoordinator();
        commands = CommandLineRun.against(coordinator, home);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private Asked started(String method, String path, String kind, String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--no-wait";
        coordinator.answers(method + " " + path, 202, Answers.operation(kind, "PENDING", "x"));
        Ended ended = commands.run(all);
        assertThat(ended.notes()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results()).contains(Answers.OPERATION_ID);
        Asked request = coordinator.only(method);
        assertThat(request.key()).matches("[0-7][0-9A-HJKMNP-TV-Z]{25}");
        assertThat(request.authorization()).isEqualTo("Bearer " + CommandLineRun.TOKEN);
        return request;
    }

    @Test
    void vm_add_makes_paths_absolute() {
        Asked request = started(
                "POST", "/v1/vms", "REGISTER", "vm", "add", "web1", "--qmp", "a.qmp", "--qga", "/b", "--host", "beta");
        assertThat(request.contentType()).isEqualTo("application/json");
        assertThat(request.body())
                .isEqualTo("{\"name\":\"web1\",\"qmp\":\"" + Path.of("a.qmp").toAbsolutePath()
                        + "\",\"qga\":\"/b\",\"host\":\"beta\"}");
    }

    @Test
    void a_trace_of_whoever_runs_it_is_passed_on() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        commands.with("TRACEPARENT", trace);
        assertThat(started("DELETE", "/v1/vms/web1", "REMOVE", "vm", "remove", "web1")
                        .traceparent())
                .isEqualTo(trace);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nAuthorization: x",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void what_is_no_trace_is_not(String environment) {
        commands.with("TRACEPARENT", environment);
        assertThat(started("DELETE", "/v1/vms/web1", "REMOVE", "vm", "remove", "web1")
                        .traceparent())
                .isIn("", "null");
    }

    @Test
    void vm_remove_says_what_happens_to_the_bitmaps() {
        assertThat(started("DELETE", "/v1/vms/web1", "REMOVE", "vm", "remove", "web1")
                        .path())
                .isEqualTo("/v1/vms/web1?keepBitmaps=false");
    }

    @Test
    void vm_remove_can_keep_the_bitmaps() {
        assertThat(started("DELETE", "/v1/vms/web1", "REMOVE", "vm", "remove", "web1", "--keep-bitmaps")
                        .path())
                .isEqualTo("/v1/vms/web1?keepBitmaps=true");
    }

    @Test
    void what_was_decided_on_a_version_names_it_and_the_very_machine() {
        coordinator.answers("GET /v1/vms/web1", "{\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"name\":\"web1\"}");
        String tag = "\"01ARZ3NDEKTSV4RRFFQ69G5FAV-17\"";
        assertThat(started(
                                "POST",
                                "/v1/vms/web1/checkpoints",
                                "CREATE_CHECKPOINT",
                                "checkpoint",
                                "create",
                                "web1",
                                "--expect",
                                "17")
                        .ifMatch())
                .isEqualTo(tag);
        assertThat(started("DELETE", "/v1/vms/web1", "REMOVE", "vm", "remove", "web1", "--expect", "17")
                        .ifMatch())
                .isEqualTo(tag);
        for (String[] contradiction : new String[][] {
            {"vm", "remove", "web1", "--force", "--expect", "17"},
            {"checkpoint", "delete", "web1", "a", "--children", "--expect", "17"},
            {"checkpoint", "create", "web1", "--expect", "-1"},
            {"checkpoint", "create", "web1", "--expect", "soon"}
        }) {
            assertThat(commands.run(contradiction).exitCode()).isEqualTo(2);
        }
    }

    @Test
    void checkpoint_create_sends_only_what_was_given() {
        Asked bare = started("POST", "/v1/vms/web1/checkpoints", "CREATE_CHECKPOINT", "checkpoint", "create", "web1");
        assertThat(bare.body()).isEqualTo("{}");
    }

    @Test
    void checkpoint_create_sends_all_that_was_given() {
        Asked full = started(
                "POST",
                "/v1/vms/web1/checkpoints",
                "CREATE_CHECKPOINT",
                "checkpoint",
                "create",
                "web1",
                "base",
                "--disk",
                "vda",
                "--disk",
                "vdb",
                "--description",
                "before \"it\"",
                "--quiesce");
        assertThat(full.body())
                .isEqualTo(
                        "{\"name\":\"base\",\"disks\":[\"vda\",\"vdb\"],\"description\":\"before \\\"it\\\"\",\"quiesce\":true}");
    }

    @Test
    void checkpoint_delete_names_it() {
        started("DELETE", "/v1/vms/web1/checkpoints/base", "DELETE_CHECKPOINT", "checkpoint", "delete", "web1", "base");
    }

    @Test
    void backup_start_is_automatic_if_nothing_else_is_said() {
        Asked request =
                started("POST", "/v1/vms/web1/backups", "BACKUP", "backup", "start", "web1", "--repo", "default");
        assertThat(request.body()).isEqualTo("{\"repo\":\"default\",\"kind\":\"AUTO\"}");
    }

    @Test
    void backup_start_sends_all_that_was_given() {
        Asked request = started(
                "POST",
                "/v1/vms/web1/backups",
                "BACKUP",
                "backup",
                "start",
                "web1",
                "--repo=default",
                "--since=base",
                "--disk=vda",
                "--mode=push",
                "--checkpoint=next",
                "--speed=10M",
                "--compress",
                "--quiesce");
        assertThat(request.body())
                .isEqualTo("{\"repo\":\"default\",\"kind\":\"SINCE\",\"since\":\"base\",\"disks\":[\"vda\"],"
                        + "\"mode\":\"PUSH\",\"checkpoint\":\"next\",\"bytesPerSecondMax\":10485760,\"compress\":true,"
                        + "\"quiesce\":true}");
    }

    @Test
    void backup_start_can_be_a_copy() {
        assertThat(started(
                                "POST",
                                "/v1/vms/web1/backups",
                                "BACKUP",
                                "backup",
                                "start",
                                "web1",
                                "--repo=r",
                                "--kind=copy")
                        .body())
                .isEqualTo("{\"repo\":\"r\",\"kind\":\"COPY\"}");
    }

    @Test
    void backup_start_can_be_a_differential() {
        assertThat(started(
                                "POST",
                                "/v1/vms/web1/backups",
                                "BACKUP",
                                "backup",
                                "start",
                                "web1",
                                "--repo=r",
                                "--kind=differential",
                                "--since=weekly")
                        .body())
                .isEqualTo("{\"repo\":\"r\",\"kind\":\"DIFFERENTIAL\",\"since\":\"weekly\"}");
    }

    @Test
    void backup_start_can_let_a_client_read_for_a_time() {
        Asked request = started(
                "POST",
                "/v1/vms/web1/backups",
                "BACKUP",
                "backup",
                "start",
                "web1",
                "--repo=default",
                "--mode=pull",
                "--lease=90m",
                "--scratch-limit=50G");
        assertThat(request.body())
                .isEqualTo("{\"repo\":\"default\",\"kind\":\"AUTO\",\"mode\":\"PULL\",\"leaseSeconds\":5400,"
                        + "\"scratchBytesMax\":53687091200}");
    }

    @Test
    void backup_finish_names_the_backup() {
        started("POST", "/v1/backups/01K1ZB/finish", "FINISH_BACKUP", "backup", "finish", "01k1zb");
    }

    @Test
    void backup_start_can_be_full_and_without_a_checkpoint() {
        Asked request = started(
                "POST",
                "/v1/vms/web1/backups",
                "BACKUP",
                "backup",
                "start",
                "web1",
                "--repo=default",
                "--full",
                "--no-checkpoint");
        assertThat(request.body()).isEqualTo("{\"repo\":\"default\",\"kind\":\"FULL\",\"noCheckpoint\":true}");
    }

    @Test
    void backup_abort_and_verify_take_the_beginning_of_an_id() {
        started("POST", "/v1/backups/01K1ZB/abort", "ABORT_BACKUP", "backup", "abort", "01k1zb");
    }

    @ParameterizedTest
    @CsvSource({"10M, 10485760", "0, 0", "unlimited, 0"})
    void backup_speed_sends_a_limit_as_speed_takes_it_or_lifts_it(String rate, long bytesPerSecond) {
        assertThat(started("POST", "/v1/backups/01K1ZB/speed", "CHANGE_SPEED", "backup", "speed", "01k1zb", rate)
                        .body())
                .isEqualTo("{\"bytesPerSecondMax\":" + bytesPerSecond + "}");
    }

    @Test
    void backup_abort_takes_the_id_of_a_verification_or_restore_too() {
        String id = "01K1ZB00000000000000000000";
        coordinator.answers("POST /v1/backups/" + id + "/abort", 404, "{\"status\":404,\"code\":\"BACKUP_NOT_FOUND\"}");
        coordinator.answers(
                "POST /v1/operations/" + id + "/abort", 202, Answers.operation("ABORT_OPERATION", "PENDING", id));
        Ended ended = commands.run("backup", "abort", id, "--no-wait");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results()).contains(Answers.OPERATION_ID);
    }

    @Test
    void backup_verify_deep_says_so_in_the_body() {
        assertThat(started("POST", "/v1/backups/01K1ZB/verify", "VERIFY", "backup", "verify", "01K1ZB", "--deep")
                        .body())
                .isEqualTo("{\"deep\":true}");
    }

    @Test
    void backup_verify_posts() {
        assertThat(started("POST", "/v1/backups/01K1ZB/verify", "VERIFY", "backup", "verify", "01K1ZB")
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void backup_protect_sends_nothing_else() {
        assertThat(started("POST", "/v1/backups/01K1ZB/protect", "PROTECT_BACKUP", "backup", "protect", "01K1ZB")
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void backup_protect_can_be_a_legal_hold() {
        String[] words = {"backup", "protect", "01K1ZB", "--hold=case 7"};
        assertThat(started("POST", "/v1/backups/01K1ZB/protect", "PROTECT_BACKUP", words)
                        .body())
                .isEqualTo("{\"hold\":\"case 7\"}");
    }

    @Test
    void a_legal_hold_has_a_release_of_its_own() {
        String[] words = {"backup", "unprotect", "01K1ZB", "--release-hold"};
        assertThat(started("POST", "/v1/backups/01K1ZB/unprotect", "UNPROTECT_BACKUP", words)
                        .body())
                .isEqualTo("{\"releaseHold\":true}");
    }

    @Test
    void retention_set_says_all_numbers() {
        String[] words = {"retention", "set", "web1", "--repo=far", "--keep-last=3", "--keep-yearly", "1"};
        assertThat(started("POST", "/v1/vms/web1/retention/far", "CHANGE_RETENTION", words)
                        .body())
                .isEqualTo("{\"last\":3,\"daily\":0,\"weekly\":0,\"monthly\":0,\"yearly\":1}");
    }

    @Test
    void retention_clear_deletes_the_policy() {
        started("DELETE", "/v1/vms/web1/retention/default", "CHANGE_RETENTION", "retention", "clear", "web1");
    }

    @Test
    void backup_delete_deletes() {
        started("DELETE", "/v1/backups/01K1ZB", "DELETE_BACKUP", "backup", "delete", "01k1zb");
    }

    @Test
    void backup_merge_takes_in_what_is_below() {
        assertThat(started("POST", "/v1/backups/01K1ZB/merge", "MERGE_BACKUP", "backup", "merge", "01k1zb")
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void backup_merge_full_takes_in_all_of_it() {
        assertThat(started("POST", "/v1/backups/01K1ZB/merge", "MERGE_BACKUP", "backup", "merge", "01k1zb", "--full")
                        .body())
                .isEqualTo("{\"full\":true}");
    }

    @Test
    void export_start_serves_all_of_it_if_nothing_else_is_said() {
        assertThat(started("POST", "/v1/backups/01K1ZB/exports", "EXPORT", "export", "start", "01k1zb")
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void export_start_sends_all_that_was_given() {
        assertThat(started(
                                "POST",
                                "/v1/backups/01K1ZB/exports",
                                "EXPORT",
                                "export",
                                "start",
                                "01k1zb",
                                "--disk=vda",
                                "--writable",
                                "--lease=1h")
                        .body())
                .isEqualTo("{\"disks\":[\"vda\"],\"writable\":true,\"leaseSeconds\":3600}");
    }

    @Test
    void export_show_says_how_to_read_it_in_lines_that_can_be_typed() {
        coordinator.answers("GET /v1/exports/01K1ZB", 200, """
                {"id":"01K1ZBAAAAAAAAAAAAAAAAAAAA","vm":"web1","backup":"b","state":"READY","writable":false,
                 "disks":[{"disk":"vda","uri":"nbd+unix:///0f-vda?socket=/run/x.nbd","virtualSize":512},
                          {"disk":"vdb","uri":null,"virtualSize":512}]}""");
        assertThat(commands.run("export", "show", "01k1zb").results().lines())
                .contains(
                        "nbdcopy 'nbd+unix:///0f-vda?socket=/run/x.nbd' vda.raw",
                        "qemu-img convert -f raw 'nbd+unix:///0f-vda?socket=/run/x.nbd' -O qcow2 vda.qcow2",
                        "tidemark export end 01K1ZBAAAAAAAAAAAAAAAAAAAA")
                .noneMatch(line -> line.startsWith("nbdcopy") && line.endsWith("vdb.raw"));
    }

    @Test
    void export_start_shows_the_export_once_it_can_be_read() {
        coordinator.answers("POST /v1/backups/01K1ZB/exports", 202, Answers.operation("EXPORT", "DONE", "b"));
        coordinator.answers("GET /v1/exports/" + Answers.OPERATION_ID, 200, """
                {"id":"01K1ZBAAAAAAAAAAAAAAAAAAAA","vm":"web1","backup":"b","state":"READY","writable":true,
                 "disks":[{"disk":"vda","uri":"nbd+unix:///0f-vda?socket=/run/x.nbd","virtualSize":512}]}""");
        Ended ended = commands.run("export", "start", "01k1zb", "--writable");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results()).contains("READY", "nbdcopy 'nbd+unix:///0f-vda?socket=/run/x.nbd' vda.raw");
    }

    @Test
    void export_end_ends_it() {
        assertThat(started("POST", "/v1/exports/01K1ZB/end", "END_EXPORT", "export", "end", "01k1zb")
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void restore_of_the_newest_needs_only_a_directory() {
        Asked request = started("POST", "/v1/vms/web1/restores", "RESTORE", "restore", "web1", "--to", "out");
        assertThat(request.body()).isEqualTo("{\"to\":\"" + Path.of("out").toAbsolutePath() + "\"}");
    }

    @Test
    void restore_sends_all_that_was_given() {
        Asked request = started(
                "POST",
                "/v1/vms/web1/restores",
                "RESTORE",
                "restore",
                "web1",
                "--to=/out",
                "--at=2026-07-01T12:00:00+02:00",
                "--repo=default",
                "--disk=vda",
                "--format=raw");
        assertThat(request.body())
                .isEqualTo("{\"to\":\"/out\",\"at\":\"2026-07-01T10:00:00Z\",\"repo\":\"default\",\"disks\":[\"vda\"],"
                        + "\"format\":\"RAW\"}");
    }

    @Test
    void a_time_without_a_zone_is_said_aloud() {
        coordinator.answers("POST /v1/vms/web1/restores", 202, Answers.operation("RESTORE", "PENDING", "x"));
        Ended ended = commands.run("restore", "web1", "--to=/out", "--at=2026-07-01", "--no-wait");
        assertThat(ended.notes())
                .startsWith("note: 2026-07-01 is taken as 2026-07-01T00:00:00")
                .contains("local zone");
    }

    @Test
    void every_dry_run_is_marked_as_one() {
        coordinator.answers("POST /v1/vms/web1/checkpoints", Answers.DECISION);
        coordinator.answers("DELETE /v1/vms/web1/checkpoints/base", Answers.DECISION);
        coordinator.answers("POST /v1/vms/web1/backups", Answers.DECISION);
        coordinator.answers("DELETE /v1/vms/web1", Answers.DECISION);
        commands.run("checkpoint", "create", "web1", "--dry-run");
        commands.run("checkpoint", "delete", "web1", "base", "--dry-run");
        commands.run("backup", "start", "web1", "--repo=r", "--dry-run");
        commands.run("vm", "remove", "web1", "--dry-run");
        assertThat(coordinator.asked()).extracting(Asked::path).allMatch(path -> path.contains("dryRun=true"));
        assertThat(coordinator.asked()).hasSize(4);
    }

    @Test
    void questions_go_to_their_resources() {
        commands.run("vm", "list");
        commands.run("vm", "show", "web1");
        commands.run("checkpoint", "list", "web1");
        commands.run("checkpoint", "list", "web1", "--deleted");
        commands.run("checkpoint", "show", "web1", "base");
        commands.run("backup", "plan", "web1", "--repo=r", "--since=base", "--disk=vda", "--disk=vdb");
        commands.run("backup", "list", "web1", "--repo=r");
        commands.run("backup", "show", Answers.BACKUP_ID);
        commands.run("chain", "show", "web1");
        commands.run("reconcile", "web1", "--dry-run");
        assertThat(coordinator.asked())
                .extracting(request -> request.method() + " " + request.path())
                .isEqualTo(List.of(
                        "GET /v1/vms?fields=id%2Cname%2Chost%2Cstate%2Cqemu%2Cdisks.name",
                        "GET /v1/vms/web1",
                        "GET /v1/vms/web1/checkpoints",
                        "GET /v1/vms/web1/checkpoints?deleted=true",
                        "GET /v1/vms/web1/checkpoints/base",
                        "GET /v1/vms/web1/backups/plan?repo=r&kind=SINCE&since=base&disk=vda&disk=vdb",
                        "GET /v1/vms/web1/backups?repo=r",
                        "GET /v1/backups/" + Answers.BACKUP_ID,
                        "GET /v1/vms/web1/chain",
                        "POST /v1/vms/web1/reconciliation?dryRun=true"));
    }

    @Test
    void the_chain_is_explained_with_a_plan_for_each_repository() {
        coordinator.answers("GET /v1/vms/web1/chain", Answers.CHAIN);
        coordinator.answers("GET /v1/repositories", "{\"repositories\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
        coordinator.answers("GET /v1/vms/web1/backups/plan", Answers.PLAN);
        Ended ended = commands.run("chain", "explain", "web1", "--disk", "vda");
        assertThat(ended.exitCode()).isZero();
        assertThat(coordinator.asked())
                .extracting(Asked::path)
                .contains("/v1/vms/web1/backups/plan?repo=a&disk=vda", "/v1/vms/web1/backups/plan?repo=b&disk=vda");
        assertThat(ended.results()).doesNotContain("BROKEN");
    }
}
