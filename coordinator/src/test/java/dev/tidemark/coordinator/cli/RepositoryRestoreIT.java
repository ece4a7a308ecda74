package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.schema.id.MachineId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository's directory at the command line: what is said of what lies there. */
@SuppressWarnings("NullAway.Init")
class RepositoryRestoreIT {
    private static final MachineId WEB = new MachineId("01K1ZV0000000000000000VM01");
    private static final MachineId LATER_WEB = new MachineId("01K1ZV0000000000000000VM02");
    private static final String FIRST = "01K1ZB0000000000000000BK01";
    private static final String SECOND = "01K1ZB0000000000000000BK02";

    @TempDir
    Path directory;

    private Path repository;

    @BeforeEach
    void backups() throws Exception {
        repository = Files.createDirectory(directory.resolve("repository"));
        store(WEB, FIRST);
        store(LATER_WEB, SECOND);
    }

    @Test
    void a_name_that_two_machines_had_is_ambiguous_and_an_id_is_not() {
        Ended named = run("restore", "web", "--repo-dir", repository.toString());
        assertThat(named.exitCode()).isEqualTo(4);
        assertThat(named.notes()).contains("2 machines were called 'web'", WEB.value(), LATER_WEB.value());
        Ended byId = run("restore", LATER_WEB.value(), "--repo-dir", repository.toString());
        assertThat(byId.exitCode()).isZero();
        assertThat(byId.results()).contains(SECOND, "COMPLETED", "FULL").doesNotContain(FIRST);
    }

    @Test
    void the_beginning_of_an_id_that_two_machines_backups_share_is_ambiguous() {
        Ended ended = run("restore", "--repo-dir", repository.toString(), "--to", to(), "--backup", "01K1ZB");
        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(ended.notes()).contains("several backups of 2 machines begin with 01K1ZB");
        assertThat(Path.of(to())).doesNotExist();
    }

    @Test
    void without_a_machine_all_are_listed_and_foreign_things_are_left_alone() throws IOException {
        Files.writeString(repository.resolve("notes.txt"), "mine");
        Files.createSymbolicLink(repository.resolve("01K1ZV0000000000000000VM03"), directory);
        Ended ended = run("restore", "--repo-dir", repository.toString());
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.results())
                .contains("NAME", WEB.value(), LATER_WEB.value())
                .doesNotContain("notes.txt");
        assertThat(ended.notes()).contains("not read: ", "symbolic link");
    }

    @Test
    void what_is_damaged_is_listed_with_its_reason() throws IOException {
        Files.write(file(WEB, FIRST), new byte[17]);
        Ended list = run("restore", WEB.value(), "--repo-dir", repository.toString(), "--list");
        assertThat(list.exitCode()).isZero();
        assertThat(list.results()).contains("DAMAGED", "17 bytes");
        Files.delete(file(WEB, FIRST).resolveSibling("manifest.json"));
        assertThat(run("restore", WEB.value(), "--repo-dir", repository.toString())
                        .results())
                .contains("DAMAGED", "manifest.json");
        assertThat(run("restore", "--repo-dir", repository.toString()).exitCode())
                .isZero();
    }

    @Test
    void an_interrupt_leaves_nothing_behind() throws Exception {
        // given a qemu-img that writes and never ends
        Path programs = Files.createDirectory(directory.resolve("programs"));
        Path number = directory.resolve("number");
        Path endless = Files.writeString(
                programs.resolve("qemu-img"),
                "#!/bin/sh\necho $$ >" + number + ".new\nmv " + number + ".new " + number + "\nexec sleep 600\n");
        Files.setPosixFilePermissions(endless, PosixFilePermissions.fromString("rwx------"));
        Process process = restore(programs);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(number));
        assertThat(named(Path.of(to()), ".partial")).isTrue();
        // when
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        // then
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(Path.of(to())).doesNotExist();
        long child = Long.parseLong(Files.readString(number).strip());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        ProcessHandle.of(child).map(handle -> !handle.isAlive()).orElse(true));
    }

    private Process restore(Path programs) throws IOException {
        ProcessBuilder command = new ProcessBuilder(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TidemarkCommand.class.getName(),
                "restore",
                WEB.value(),
                "--repo-dir",
                repository.toString(),
                "--to",
                to());
        command.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        File said = directory.resolve("said").toFile();
        return command.redirectErrorStream(true).redirectOutput(said).start();
    }

    private static boolean named(Path directory, String suffix) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.anyMatch(entry -> entry.toString().endsWith(suffix));
        }
    }

    private String to() {
        return directory.resolve("to").toString();
    }

    private Ended run(String... arguments) {
        return new CommandLineRun(directory).run(arguments);
    }

    private Path file(MachineId machine, String backup) {
        return StoredBackups.file(repository, machine, backup);
    }

    private void store(MachineId machine, String backup) throws Exception {
        StoredBackups.store(repository, machine, backup, Optional.empty());
    }
}
