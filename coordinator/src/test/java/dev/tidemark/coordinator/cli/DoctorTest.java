package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The doctor tells what is wrong and what to do, with or without a coordinator. */
@SuppressWarnings("NullAway.Init")
class DoctorTest {
    @TempDir
    Path home;

    @TempDir
    Path programs;

    @BeforeEach
    void everythingIsInstalled() throws IOException {
        for (String name :
                new String[] {"qemu-img", "qemu-storage-daemon", "qemu-system-x86_64", "qemu-io", "nbdinfo", "nbdcopy"
                }) {
            program(name, "#!/bin/sh\necho " + name + " version 10.2.0\n");
        }
    }

    private void program(String name, String script) throws IOException {
        Path file = programs.resolve(name);
        Files.writeString(file, script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static JsonNode check(Ended ended, String name) {
        for (JsonNode check : Json.MAPPER.readTree(ended.results()).path("checks")) {
            if (check.path("name").asString("").equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + ended.results());
    }

    private static String verdict(Ended ended, String name) {
        return check(ended, name).path("verdict").asString("");
    }

    private Ended examine(CommandLineRun commands) {
        return commands.with("PATH", programs.toString()).run("doctor", "-o", "json");
    }

    @Test
    void a_missing_server_is_only_a_warning() {
        Ended ended = examine(new CommandLineRun(home));
        assertThat(ended.exitCode()).isZero();
        assertThat(verdict(ended, "coordinator")).isEqualTo("WARN");
        assertThat(verdict(ended, "qemu-img")).isEqualTo("OK");
        assertThat(check(ended, "qemu-img").path("detail").asString("")).contains("10.2.0");
    }

    @Test
    void a_missing_or_broken_program_comes_with_a_remedy() throws IOException {
        Files.delete(programs.resolve("nbdcopy"));
        program("qemu-img", "#!/bin/sh\nexit 3\n");
        Ended ended = examine(new CommandLineRun(home));
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(verdict(ended, "qemu-img")).isEqualTo("FAIL");
        assertThat(verdict(ended, "nbdcopy")).isEqualTo("WARN");
        assertThat(check(ended, "nbdcopy").path("remedy").asString("")).contains("libnbd-bin");
    }

    @Test
    void an_open_token_file_is_a_failure() throws IOException {
        Path token = Files.writeString(home.resolve("admin.token"), "x");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        Ended ended = examine(new CommandLineRun(home));
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(check(ended, "token").path("remedy").asString("")).startsWith("chmod 600");
    }

    @Test
    void a_running_coordinator_is_asked_about_itself_and_its_machines() throws IOException {
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            CommandLineRun commands = CommandLineRun.against(coordinator, home);
            Files.setPosixFilePermissions(home.resolve("admin.token"), PosixFilePermissions.fromString("rw-------"));
            coordinator.answers(
                    "GET /v1/server",
                    "{\"version\":\"0.1\",\"database\":{\"kind\":\"EMBEDDED\",\"version\":\"17.11\"}}");
            coordinator.answers("GET /health/ready", "{\"status\":\"UP\"}");
            coordinator.answers(
                    "GET /v1/repositories",
                    "{\"repositories\":[{\"name\":\"here\",\"directory\":\"" + home
                            + "\"},{\"name\":\"unmounted\",\"directory\":\"" + home + "/mount\"}]}");
            coordinator.answers(
                    "GET /v1/vms",
                    "{\"vms\":[" + Answers.VM + ","
                            + Answers.VM.replace("UP", "DOWN").replace("web1", "web2") + "]}");
            Ended ended = examine(commands);
            assertThat(ended.exitCode()).isZero();
            assertThat(check(ended, "database").path("detail").asString("")).isEqualTo("EMBEDDED PostgreSQL 17.11");
            assertThat(verdict(ended, "repository here")).isEqualTo("OK");
            assertThat(verdict(ended, "repository unmounted")).isEqualTo("WARN");
            assertThat(check(ended, "repository unmounted").path("detail").asString(""))
                    .endsWith(home + "/mount");
            assertThat(verdict(ended, "vm web1")).isEqualTo("OK");
            assertThat(verdict(ended, "vm web2")).isEqualTo("WARN");
            for (String columns : new String[] {"20", "40", "80"}) {
                Ended table = commands.with("COLUMNS", columns).run("doctor");
                assertThat(table.results().lines()).allMatch(line -> line.length() <= Integer.parseInt(columns));
            }
        }
    }

    @Test
    void a_gateways_token_should_open_its_host_and_no_more() throws IOException {
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            CommandLineRun commands = CommandLineRun.against(coordinator, home).with("PATH", programs.toString());
            Files.setPosixFilePermissions(home.resolve("admin.token"), PosixFilePermissions.fromString("rw-------"));
            String denied = "{\"code\":\"ACCESS_DENIED\",\"detail\":\"this credential is bound to the host 'hv1'\"}";
            coordinator.answers("GET /v1/gateways/hv2/desired", 403, denied);
            coordinator.answers(
                    "GET /v1/gateways/hv2/desired", "{\"cursor\":\"1\",\"changed\":[{}],\"removed\":[],\"lookAt\":[]}");
            coordinator.answers("GET /v1/vms", "{\"vms\":[]}");
            coordinator.answers("GET /v1/vms", 403, denied);
            Ended wrong = commands.run("doctor", "--host", "hv2", "-o", "json");
            assertThat(wrong.exitCode()).isEqualTo(1);
            assertThat(check(wrong, "gateway").path("detail").asString("")).contains("hv1");

            Ended mighty = commands.run("doctor", "--host", "hv2", "-o", "json");
            assertThat(verdict(mighty, "gateway")).isEqualTo("OK");
            assertThat(verdict(mighty, "credential")).isEqualTo("WARN");

            Ended right = commands.run("doctor", "--host", "hv2", "-o", "json");
            assertThat(right.exitCode()).isZero();
            assertThat(verdict(right, "credential")).isEqualTo("OK");
        }
    }
}
