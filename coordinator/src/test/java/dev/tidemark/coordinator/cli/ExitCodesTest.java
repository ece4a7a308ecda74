package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.testkit.ReservedPort;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers that scripts rely on, and what stands beside them. */
@SuppressWarnings("NullAway.Init")
class ExitCodesTest {
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

    @ParameterizedTest
    @CsvSource({
        "400, BAD_REQUEST, 2",
        "401, UNAUTHENTICATED, 5",
        "403, FORBIDDEN, 5",
        "404, MACHINE_UNKNOWN, 3",
        "409, NAME_TAKEN, 4",
        "412, PRECONDITION_FAILED, 4",
        "409, FULL_REQUIRED, 7",
        "413, TOO_LARGE, 1",
        "422, KEY_REUSED, 1",
        "500, INTERNAL, 1",
        "503, MACHINE_UNAVAILABLE, 6"
    })
    void a_problem_becomes_an_exit_code(int status, String code, int exitCode) {
        coordinator.refuses("GET /v1/vms", status, code);
        Ended table = commands.run("vm", "list");
        assertThat(table.exitCode()).isEqualTo(exitCode);
        assertThat(table.results()).isEmpty();
        assertThat(table.notes()).isEqualTo("error: it cannot be\nremedy: do something else\n");

        Ended json = commands.run("vm", "list", "-o", "json");
        assertThat(json.exitCode()).isEqualTo(exitCode);
        assertThat(json.notes()).isEqualTo(table.notes());
        assertThat(Json.MAPPER.readTree(json.results()).path("code").asString(""))
                .isEqualTo(code);
        assertThat(Json.MAPPER.readTree(json.results()).path("unheardOf").isArray())
                .isTrue();

        assertThat(commands.run("vm", "list", "-o", "yaml").results()).contains("code: \"" + code + "\"");
    }

    @ParameterizedTest
    @CsvSource({"FULL_REQUIRED, 7", "MACHINE_UNAVAILABLE, 6", "JOB_FAILED, 1", "ABORTED, 1"})
    void a_failed_operation_prints_what_is_left_and_why(String code, int exitCode) {
        coordinator.answers(
                "POST /v1/vms/web1/backups",
                202,
                Answers.operation("BACKUP", "FAILED", Answers.BACKUP_ID, '"' + code + '"', "null"));
        coordinator.answers("GET /v1/backups/" + Answers.BACKUP_ID, Answers.BACKUP.replace("COMPLETED", "FAILED"));
        Ended ended = commands.run("backup", "start", "web1", "--repo=r", "-o", "json");
        assertThat(ended.exitCode()).isEqualTo(exitCode);
        assertThat(ended.notes()).isEqualTo("error: it broke (" + code + ")\nremedy: mend it\n");
        assertThat(Json.MAPPER.readTree(ended.results()).path("state").asString(""))
                .isEqualTo("FAILED");
    }

    @Test
    void without_a_server_the_remedy_is_to_start_one() throws IOException {
        Files.delete(home.resolve("server.json"));
        Ended ended = commands.run("vm", "list", "-o", "json");
        assertThat(ended.exitCode()).isEqualTo(6);
        assertThat(ended.notes()).contains("no coordinator runs for " + home, "remedy: start one with: tidemark serve");
        assertThat(ended.results()).contains("COORDINATOR_UNAVAILABLE");
    }

    @Test
    void a_server_that_has_gone_is_unavailable() {
        try (ReservedPort gone = new ReservedPort()) {
            Ended ended = commands.run("checkpoint", "create", "web1", "--url", "http://127.0.0.1:" + gone.number());
            assertThat(ended.exitCode()).isEqualTo(6);
            assertThat(ended.notes()).contains("does not answer");
        }
    }

    @Test
    void a_missing_token_is_a_denial() throws IOException {
        Files.delete(home.resolve("admin.token"));
        assertThat(commands.run("vm", "list").exitCode()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"''", "'two words'", "'a\u0000b'"})
    void a_token_that_would_break_the_header_is_a_denial(String token) throws IOException {
        Files.writeString(home.resolve("admin.token"), token);
        Ended ended = commands.run("vm", "list");
        assertThat(ended.exitCode()).isEqualTo(5);
        assertThat(coordinator.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"''", "nonsense", "ftp://x", "'http:// x'"})
    void an_address_must_be_one(String url) {
        assertThat(commands.run("vm", "list", "--url", url).exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            value = {"not json", "[]", "null", "{\"a\":1}{", "<html/>"},
            delimiter = '|')
    void a_strange_answer_is_a_failure_and_not_a_crash(String body) {
        coordinator.answers("GET /v1/vms", body);
        Ended ended = commands.run("vm", "list");
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.notes()).contains("check that the address is that of a Tidemark coordinator");
    }

    @Test
    void reconcile_fails_when_it_did_not_converge_unless_it_was_a_dry_run() {
        coordinator.answers(
                "POST /v1/vms/web1/reconciliation", "{\"vm\":\"web1\",\"version\":1,\"drift\":[],\"converged\":false}");
        assertThat(commands.run("reconcile", "web1").exitCode()).isEqualTo(1);
        assertThat(commands.run("reconcile", "web1", "--dry-run").exitCode()).isZero();
    }

    @Test
    void an_unknown_disk_of_a_chain_is_not_found() {
        coordinator.answers("GET /v1/vms/web1/chain", Answers.CHAIN);
        assertThat(commands.run("chain", "show", "web1", "--disk=vdz").exitCode())
                .isEqualTo(3);
    }

    @Test
    void what_a_server_says_cannot_command_the_terminal() {
        coordinator.answers(
                "GET /v1/vms", 404, "{\"detail\":\"a\\u001b[2Jb\\u202ec\\nd\",\"code\":\"X\",\"remedy\":\"r\\u0007\"}");
        assertThat(commands.run("vm", "list").notes())
                .isEqualTo("error: a\\u001b[2Jb\\u202ec\\u000ad\nremedy: r\\u0007\n");
    }
}
