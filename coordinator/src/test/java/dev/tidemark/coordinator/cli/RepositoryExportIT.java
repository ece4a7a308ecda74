package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Restore points over NBD, read by real clients, without a coordinator. */
@SuppressWarnings("NullAway.Init")
class RepositoryExportIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private StoredBackups backups;
    private Process process;

    @BeforeEach
    void repository() throws Exception {
        backups = new StoredBackups(directory.resolve("repository"));
        backups.full();
        backups.incremental();
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void each_restore_point_is_served_as_it_was_and_nothing_stays() throws Exception {
        for (String backup : List.of(StoredBackups.FULL, StoredBackups.INCREMENTAL)) {
            // given
            JsonNode served = serve("--backup", backup);
            assertThat(served.path("backup").asString("")).isEqualTo(backup);
            String uri = served.path("disks").path(0).path("uri").asString("");
            // when
            Path read = directory.resolve(backup + ".raw");
            RequiredProgram.QEMU_IMG.run("convert", "-f", "raw", "-O", "raw", uri, read.toString());
            // then
            assertThat(Files.mismatch(read, backups.truth(backup))).isEqualTo(-1);
            assertThat(interrupt()).isEqualTo(130);
            assertThat(place()).doesNotExist();
        }
        assertThat(Files.mismatch(backups.truth(StoredBackups.FULL), backups.truth(StoredBackups.INCREMENTAL)))
                .isNotEqualTo(-1);
    }

    @Test
    void a_read_only_export_takes_no_writes() throws Exception {
        String uri = serve().path("disks").path(0).path("uri").asString("");
        assertThatThrownBy(() -> RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 9 0 4k", uri))
                .hasMessageContaining("Permission denied");
        RequiredProgram.QEMU_IO.run("-r", "-f", "raw", "-c", "read -P 2 64k 64k", uri);
    }

    @Test
    void what_is_written_is_read_back_and_leaves_the_backup_as_it_was() throws Exception {
        byte[] before = Files.readAllBytes(backups.file(StoredBackups.INCREMENTAL));
        String uri = serve("--writable").path("disks").path(0).path("uri").asString("");
        RequiredProgram.QEMU_IO.run("-f", "raw", "-c", "write -P 9 4k 4k", "-c", "read -P 9 4k 4k", uri);
        interrupt();
        assertThat(Files.readAllBytes(backups.file(StoredBackups.INCREMENTAL))).isEqualTo(before);
        assertThat(place()).doesNotExist();
    }

    @Test
    void when_the_command_is_killed_the_server_dies_too() throws Exception {
        serve();
        long server = Long.parseLong(Files.readString(place().resolve("pid")).strip());
        assertThat(ProcessHandle.of(server)).isPresent();
        process.destroyForcibly().waitFor();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> ProcessHandle.of(server).map(one -> !one.isAlive()).orElse(true));
        // and the next one says what is in its way
        Ended next = run("--export", place().toString());
        assertThat(next.exitCode()).isEqualTo(1);
        assertThat(next.notes()).contains("is there already");
    }

    @Test
    void a_server_that_ends_by_itself_is_a_failure() throws Exception {
        serve();
        ProcessHandle.of(Long.parseLong(Files.readString(place().resolve("pid")).strip()))
                .orElseThrow()
                .destroyForcibly();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("errors"))).contains("qemu-storage-daemon has ended");
        assertThat(place()).doesNotExist();
    }

    @Test
    void what_is_seen_to_be_damaged_is_not_served() throws Exception {
        Files.write(backups.file(StoredBackups.FULL), new byte[17]);
        Ended ended = run("--export", place().toString());
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.notes()).contains("17 bytes");
        assertThat(place()).doesNotExist();
    }

    @Test
    void a_place_that_cannot_be_is_refused() {
        assertThat(run("--export", backups.repository().resolve("x").toString()).notes())
                .contains("lies in the repository");
        assertThat(run("--export", directory.resolve("no/x").toString()).notes())
                .contains("there is no directory");
        assertThat(run("--export", directory.resolve("x".repeat(100)).toString())
                        .notes())
                .contains("too long for a socket");
    }

    @Test
    void arguments_that_contradict_each_other_are_refused() {
        assertThat(run("--export", "/tmp/x", "--to", "/tmp/y").exitCode()).isEqualTo(2);
        assertThat(run("--writable").exitCode()).isEqualTo(2);
        assertThat(run("--export", "/tmp/x", "--format", "raw").exitCode()).isEqualTo(2);
        assertThat(new CommandLineRun(directory)
                        .run("restore", "web", "--export", "/tmp/x")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void a_stream_gives_the_disk_and_nothing_of_one_that_has_rotted() throws Exception {
        for (String backup : List.of(StoredBackups.FULL, StoredBackups.INCREMENTAL)) {
            ByteArrayOutputStream taken = new ByteArrayOutputStream();
            ByteArrayOutputStream notes = new ByteArrayOutputStream();
            assertThat(stream(taken, notes, backup)).as("%s", notes).isZero();
            assertThat(taken.toByteArray()).isEqualTo(Files.readAllBytes(backups.truth(backup)));
        }
        byte[] file = Files.readAllBytes(backups.file(StoredBackups.FULL));
        file[file.length - 1] ^= 1;
        Files.write(backups.file(StoredBackups.FULL), file);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        assertThat(stream(taken, notes, StoredBackups.INCREMENTAL)).isEqualTo(1);
        assertThat(notes.toString(StandardCharsets.UTF_8))
                .contains("its content is not that of the backup", StoredBackups.FULL);
        assertThat(taken.size()).isZero();
        assertThat(run("--to", "-").exitCode()).isEqualTo(2);
        assertThat(run("--to", "-", "--disk", "vda", "--no-verify").exitCode()).isEqualTo(2);
    }

    private int stream(ByteArrayOutputStream taken, ByteArrayOutputStream notes, String backup) {
        Terminal terminal = new Terminal(taken, notes, Map.of(), false);
        List<String> arguments = all("--to", "-", "--disk", "vda", "--backup", backup, "-o", "json");
        return new TidemarkCommand(() -> new SilentLocalVerbs()).run(terminal, arguments.toArray(String[]::new));
    }

    private Ended run(String... arguments) {
        return new CommandLineRun(directory).run(all(arguments).toArray(String[]::new));
    }

    private List<String> all(String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("restore", "web", "--repo-dir", backups.repository().toString()));
        all.addAll(List.of(arguments));
        return all;
    }

    private Path place() {
        return directory.resolve("export");
    }

    private JsonNode serve(String... arguments) throws IOException {
        Path results = directory.resolve("results");
        Files.deleteIfExists(results);
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TidemarkCommand.class.getName()));
        command.addAll(all(arguments));
        command.addAll(List.of("--export", place().toString(), "-o", "json"));
        process = new ProcessBuilder(command)
                .redirectOutput(results.toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
        // All of it, not its beginning.
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !process.isAlive() || Files.readString(results).endsWith("\n}\n"));
        return Json.MAPPER.readTree(Files.readString(results));
    }

    private int interrupt() throws Exception {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
