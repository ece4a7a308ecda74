package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.Version;
import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that make no sense end with 2 and a hint, and nothing is sent. */
@SuppressWarnings("NullAway.Init")
class BadArgumentsTest {
    @TempDir
    Path home;

    static List<List<String>> nonsense() {
        return List.of(
                List.of(),
                List.of(""),
                List.of("vm"),
                List.of("drill"),
                List.of("audit", "query"),
                List.of("vm", "frobnicate"),
                List.of("vm", "show"),
                List.of("vm", "show", "a", "b"),
                List.of("vm", "show", ""),
                List.of("vm", "show", "a\u0000b"),
                List.of("vm", "show", "a\nb"),
                List.of("vm", "show", "a\tb"),
                List.of("vm", "show", "a/b"),
                List.of("vm", "show", ".."),
                List.of("vm", "show", "a\"b"),
                List.of("vm", "show", "\u202ea"),
                List.of("vm", "show", "u\u0308"),
                List.of("vm", "show", "-a"),
                List.of("vm", "show", "--", "-a"),
                List.of("vm", "show", "@" + "/etc/passwd"),
                List.of("vm", "show", "x".repeat(256)),
                List.of("vm", "show", "x".repeat(100_000)),
                List.of("vm", "add", "web1"),
                List.of("vm", "add", "web1", "--qmp", ""),
                List.of("vm", "add", "web1", "--qmp", "a\u0000b"),
                List.of("vm", "add", "web1", "--qmp", "/a", "--qmp", "/b"),
                List.of("token", "create", "ci"),
                List.of("token", "create", "ci", "--role", "root"),
                List.of("token", "create", "../ci", "--role", "viewer"),
                List.of("token", "create", "ci", "--role", "viewer", "--expires", "0d"),
                List.of("token", "revoke"),
                List.of("events", "web1"),
                List.of("events", "--vm", ".."),
                List.of("events", "--operation", "x"),
                List.of("events", "--from"),
                List.of("vm", "list", "-o", "xml"),
                List.of("vm", "list", "-o"),
                List.of("vm", "list", "--home", ""),
                List.of("checkpoint", "create", "web1", "-base"),
                List.of("checkpoint", "create", "web1", "base", "--disk", "-x"),
                List.of("checkpoint", "create", "web1", "base", "--wait", "--no-wait"),
                List.of("checkpoint", "create", "web1", "base", "--timeout", "-1"),
                List.of("checkpoint", "create", "web1", "base", "--timeout", "1.5"),
                List.of("checkpoint", "create", "web1", "base", "--timeout", "99999999999999999999"),
                List.of("checkpoint", "create", "web1", "base", "--timeout", "2147483647"),
                List.of("checkpoint", "create", "web1", "base", "--timeout", "1", "--no-wait"),
                List.of("checkpoint", "list", "web1", "--tree", "--roots"),
                List.of("checkpoint", "delete", "web1", "base", "--children", "--children-only"),
                List.of("checkpoint", "delete", "web1", "base", "--children", "--no-wait"),
                List.of("backup", "start", "web1"),
                List.of("backup", "start", "web1", "--repo", "../x"),
                List.of("backup", "start", "web1", "--repo=r", "--full", "--since=c"),
                List.of("backup", "start", "web1", "--repo=r", "--auto", "--full"),
                List.of("backup", "start", "web1", "--repo=r", "--full", "--kind=copy"),
                List.of("backup", "start", "web1", "--repo=r", "--kind=copy", "--since=c"),
                List.of("backup", "start", "web1", "--repo=r", "--kind=copy", "--checkpoint=c"),
                List.of("backup", "start", "web1", "--repo=r", "--kind=differential"),
                List.of("backup", "start", "web1", "--repo=r", "--kind=differential", "--since=c", "--full"),
                List.of("backup", "start", "web1", "--repo=r", "--kind=differential", "--since=c", "--checkpoint=d"),
                List.of("backup", "start", "web1", "--repo=r", "--kind=since"),
                List.of("backup", "start", "web1", "--repo=r", "--speed=0"),
                List.of("backup", "start", "web1", "--repo=r", "--speed=-1"),
                List.of("backup", "start", "web1", "--repo=r", "--speed=10X"),
                List.of("backup", "start", "web1", "--repo=r", "--speed=9999999999T"),
                List.of("backup", "start", "web1", "--repo=r", "--checkpoint=c", "--no-checkpoint"),
                List.of("backup", "start", "web1", "--repo=r", "--lease=1h"),
                List.of("serve", "--pull-ports=10809"),
                List.of("serve", "--pull-ports=10809", "--pull-plain", "--pull-tls=/k"),
                List.of("serve", "--pull-ports=9-8", "--pull-plain"),
                List.of("serve", "--pull-ports=0", "--pull-plain"),
                List.of("serve", "--pull-ports=1-65536", "--pull-plain"),
                List.of("serve", "--pull-ports=x", "--pull-plain"),
                List.of("serve", "--pull-ports=1", "--pull-plain", "--pull-address=0.0.0.0"),
                List.of("serve", "--pull-tls=/k"),
                List.of("serve", "--pull-plain"),
                List.of("backup", "start", "web1", "--repo=r", "--mode=pull", "--lease=0h"),
                List.of("backup", "start", "web1", "--repo=r", "--mode=pull", "--lease=5"),
                List.of("backup", "start", "web1", "--repo=r", "--mode=push", "--scratch-limit=5G"),
                List.of("backup", "finish"),
                List.of("backup", "speed", "01K1ZB"),
                List.of("backup", "speed", "01K1ZB", "10X"),
                List.of("backup", "speed", "01K1ZB", "-1"),
                List.of("backup", "speed", "01K1ZB", "none"),
                List.of("backup", "show", "01K"),
                List.of("backup", "show", "01K1ZB0000000000000000BK01X"),
                List.of("backup", "show", "UUUUUU"),
                List.of("backup", "watch", "../../x"),
                List.of("restore", "web1"),
                List.of("restore", "web1", "--to=/x", "--at=yesterday"),
                List.of("restore", "web1", "--to=/x", "--at=2026-02-30"),
                List.of("restore", "web1", "--to=/x", "--at=2026-07-01", "--backup=01K1ZB"),
                List.of("restore", "web1", "--to=/x", "--format=vmdk"),
                List.of("restore", "--to=/x"),
                List.of("restore", "web1", "--list"),
                List.of("restore", "--repo-dir="),
                List.of("restore", "web1", "--repo-dir=/r", "--disk=vda"),
                List.of("restore", "web1", "--repo-dir=/r", "--at=2026-07-01"),
                List.of("restore", "web1", "--repo-dir=/r", "--to=/x", "--list"),
                List.of("restore", "web1", "--repo-dir=/r", "--to=/x", "--repo=default"),
                List.of("restore", "web1", "--repo-dir=/r", "--to=/x", "--no-wait"),
                List.of("restore", "web1", "--repo-dir=/r", "--to=/x", "--at=2026-07-01", "--backup=01K1ZB"),
                List.of("serve", "--port", "65536"),
                List.of("serve", "--repository", "default"),
                List.of("serve", "--repository", "-x=/y"),
                List.of("gateway", "--coordinator", "ftp://x", "--host=h", "--token-file=/t"),
                List.of("gateway", "--coordinator", "http://x", "--host=h"),
                List.of("bench", "sleep"),
                List.of("bench", "--count", "0"),
                List.of("bench", "backup", "--rounds", "0"),
                List.of("bench", "append", "--writers", "0"),
                List.of("bench", "reconcile", "--daemons", "-1"),
                List.of("bench", "fleet", "--machines", "2147483648"),
                List.of("bench", "backup", "--size", "0"),
                List.of("bench", "backup", "--size", "-1G"),
                List.of("bench", "backup", "--size", "9999999999T"),
                List.of("bench", "backup", "--size", "4G", "--data", "1000"),
                List.of("bench", "backup", "--size", "1G", "--data", "2G"),
                List.of("bench", "backup", "--directory", ""));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void nonsense_ends_with_2_before_anything_is_sent(List<String> arguments) throws IOException {
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            Ended ended = CommandLineRun.against(coordinator, home).run(arguments.toArray(new String[0]));
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.results()).isEmpty();
            assertThat(ended.notes())
                    .startsWith("error: ")
                    .contains("\nusage: tidemark")
                    .endsWith(" --help\n");
            assertThat(ended.notes()).doesNotContain("\u0000", "\u202e", "Exception");
            assertThat(coordinator.asked()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-5", "1", "20", "x", "99999", "999999999999"})
    void no_width_breaks_a_page_or_the_help(String columns) throws IOException {
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            coordinator.answers("GET /v1/vms/web1", Answers.VM);
            CommandLineRun commands = CommandLineRun.against(coordinator, home).with("COLUMNS", columns);
            assertThat(commands.run("vm", "show", "web1").exitCode()).isZero();
            Ended help = commands.run("backup", "start", "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.results()).contains("--speed");
        }
    }

    @Test
    void which_program_this_is_is_told_without_a_coordinator() throws IOException {
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            CommandLineRun commands = CommandLineRun.against(coordinator, home);

            Ended asked = commands.run("--version");

            assertThat(asked.exitCode()).isZero();
            assertThat(asked.results()).isEqualTo("tidemark " + Version.text() + "\n");
            assertThat(coordinator.asked()).isEmpty();
            assertThat(commands.run("vm", "list", "--version").exitCode()).isEqualTo(2);
        }
    }

    @Test
    void the_exit_codes_below_the_help_stand_as_they_were_written() throws IOException {
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            CommandLineRun commands = CommandLineRun.against(coordinator, home).with("COLUMNS", "60");

            Ended help = commands.run("--help");

            assertThat(help.results()).contains("\n4 conflict, 5 denied, 6 unavailable,\n7 a full backup");
        }
    }

    @Test
    void answers_of_any_shape_are_shown_somehow() throws IOException {
        String odd = "{\"name\":7,\"state\":null,\"disks\":[1,{},{\"name\":[],\"virtualSize\":\"big\"},"
                + "{\"virtualSize\":-1},{\"virtualSize\":1e400}],\"qemu\":3,\"id\":{\"a\":1}}";
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            coordinator.answers("GET /v1/vms/web1", odd);
            Ended ended = CommandLineRun.against(coordinator, home).run("vm", "show", "web1");
            assertThat(ended.notes()).isEmpty();
            assertThat(ended.exitCode()).isZero();
        }
    }

    @Test
    void what_is_not_there_yet_is_not_listed() {
        Ended help = new CommandLineRun(home).run("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.results())
                .contains("checkpoint", "doctor")
                .contains("drill", "audit", "token")
                .doesNotContain("adopt");
    }
}
