package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: signals, closed pipes, and what a start loads. */
@SuppressWarnings("NullAway.Init")
class ProcessTest {
    @TempDir
    Path home;

    private PlayedCoordinator coordinator;

    @BeforeEach
    void start() throws IOException {
        coordinator = new PlayedCoordinator();
        CommandLineRun.against(coordinator, home);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }

    private ProcessBuilder command(String shell, List<String> virtualMachineOptions, String arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(virtualMachineOptions);
        words.add("-XX:TieredStopAtLevel=1");
        words.add("-cp");
        words.add(System.getProperty("java.class.path"));
        words.add(TidemarkCommand.class.getName());
        words.add(arguments);
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", shell.replace("TIDEMARK", String.join(" ", words)));
        builder.environment().put("TIDEMARK_HOME", home.toString());
        return builder.redirectError(new File(home.toFile(), "notes"));
    }

    private static String ended(Process process) throws IOException, InterruptedException {
        String results = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return results;
    }

    private String notes() throws IOException {
        return Files.readString(home.resolve("notes"));
    }

    @Test
    void a_reader_that_leaves_is_no_error() throws IOException, InterruptedException {
        String machines = (Answers.VM + ",").repeat(2000) + Answers.VM;
        coordinator.answers("GET /v1/vms", "{\"vms\":[" + machines + "]}");
        Process process = command("TIDEMARK | head -c 1; echo; echo ${PIPESTATUS[0]}", List.of(), "vm list -o json")
                .start();
        assertThat(ended(process)).isEqualTo("{\n0\n");
        assertThat(notes()).isEmpty();
    }

    @Test
    void a_full_disk_is_an_error() throws IOException, InterruptedException {
        coordinator.answers("GET /v1/vms", "{\"vms\":[]}");
        Process process =
                command("TIDEMARK > /dev/full; echo $?", List.of(), "vm list").start();
        assertThat(ended(process)).isEqualTo("1\n");
        assertThat(notes()).startsWith("error: cannot write the result: ");
    }

    @Test
    void an_interrupt_says_how_to_go_on() throws IOException, InterruptedException {
        String running = Answers.operation("BACKUP", "RUNNING", Answers.BACKUP_ID);
        coordinator.answers("POST /v1/vms/web1/backups", 202, running);
        coordinator.answers("GET " + Answers.OPERATION_PATH, running);
        // A process in the background of a script ignores SIGINT, and so does whatever it starts: these tests may be
        // one.
        Process process = command("exec env --default-signal=INT TIDEMARK", List.of(), "backup start web1 --repo r")
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> coordinator.asked().size() >= 2);
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertThat(ended(process)).isEmpty();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(notes())
                .contains("operation " + Answers.OPERATION_ID + " goes on without this command")
                .contains("tidemark backup watch " + Answers.BACKUP_ID + ", or tidemark backup abort "
                        + Answers.BACKUP_ID);
    }

    @Test
    void a_restore_from_a_directory_loads_a_gateways_repository_and_nothing_of_the_server()
            throws IOException, InterruptedException {
        String loaded = ended(command("TIDEMARK", List.of("-verbose:class"), "restore --repo-dir " + home)
                .start());
        assertThat(notes()).startsWith("error: there is no completed backup in " + home);
        assertThat(loaded).contains("dev.tidemark.gateway.act.repository");
        assertThat(loaded)
                .doesNotContain(
                        "org.springframework",
                        "org.axonframework",
                        "org.postgresql",
                        "dev.tidemark.gateway.qmp",
                        "CoordinatorMain",
                        "CoordinatorServer");
    }

    @Test
    void a_client_verb_loads_nothing_of_the_server() throws IOException, InterruptedException {
        coordinator.answers("GET /v1/vms", "{\"vms\":[]}");
        Process process =
                command("TIDEMARK", List.of("-verbose:class"), "vm list").start();
        String loaded = ended(process);
        assertThat(loaded).contains(TidemarkCommand.class.getName());
        assertThat(loaded)
                .doesNotContain(
                        "org.springframework",
                        "org.axonframework",
                        "org.slf4j",
                        "ch.qos.logback",
                        "org.postgresql",
                        "snakeyaml",
                        "dev.tidemark.gateway",
                        "CoordinatorMain");
    }

    private static Set<Thread> waitingForTheNetwork() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("SelectorManager"))
                .collect(Collectors.toSet());
    }

    @Test
    void a_command_that_is_through_leaves_no_thread_that_waits_for_the_network_which_the_JVMs_end_would_wait_for()
            throws IOException {
        coordinator.answers("GET /v1/vms/web1", Answers.VM);
        Set<Thread> before = waitingForTheNetwork();

        assertThat(CommandLineRun.against(coordinator, home)
                        .run("vm", "show", "web1")
                        .exitCode())
                .isZero();

        Awaitility.await()
                .untilAsserted(() -> assertThat(waitingForTheNetwork()).isSubsetOf(before));
    }
}
