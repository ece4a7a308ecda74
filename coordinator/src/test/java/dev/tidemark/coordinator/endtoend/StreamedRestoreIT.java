package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.endtoend.Client.Made;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** {@code restore --to -}: what comes out of the pipe, and every way in which a pipe ends. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class StreamedRestoreIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Machine machine = new Machine(2);
    private final Site site;
    private final Api api;
    private final Client client;
    private final Exports exports;

    StreamedRestoreIT(Site site) {
        this.site = site;
        api = site.api();
        client = Client.of(site, machine);
        exports = new Exports(api, site.home());
    }

    @AfterEach
    void close() {
        machine.close();
    }

    private record Ended(int exitCode, ByteArrayOutputStream taken, String notes) {
        byte[] bytes() {
            return taken.toByteArray();
        }
    }

    private Ended run(OutputStream results, boolean onTerminal, String... more) {
        List<String> arguments = new ArrayList<>(List.of("restore", client.vm(), "--to", "-"));
        arguments.addAll(List.of(more));
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        Map<String, String> environment = Map.of("TIDEMARK_HOME", site.home().toString());
        int exitCode = new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(new Terminal(results, notes, environment, false, onTerminal), arguments.toArray(String[]::new));
        ByteArrayOutputStream taken =
                results instanceof ByteArrayOutputStream kept ? kept : new ByteArrayOutputStream();
        return new Ended(exitCode, taken, notes.toString(StandardCharsets.UTF_8));
    }

    private Ended run(String... more) {
        return run(new ByteArrayOutputStream(), false, more);
    }

    private static byte[] truth(Made made, String disk) {
        return Objects.requireNonNull(made.truth().get(disk));
    }

    /** So that it is known where sockets would be left. */
    private Made seenServed(Made made) {
        JsonNode export = exports.opened(made.id(), Map.of());
        exports.lookingIn(export).end(export);
        return made;
    }

    private void assertNothingIsServed() {
        List<JsonNode> ended = new ArrayList<>();
        api.get(client.path("/exports?ended=true")).path("exports").forEach(ended::add);
        assertThat(api.get(client.path("/exports")).path("exports")).isEmpty();
        ended.forEach(exports::assertNothingIsLeft);
    }

    @Test
    void each_point_comes_out_as_it_was_and_one_that_has_rotted_is_told_by_the_exit_code() throws IOException {
        // given
        machine.write("d0", 0, 1 << 20);
        machine.write("d1", 70_000, 4_096);
        Made full = seenServed(client.backUp());
        machine.write("d0", 1_000_000, 300_000);
        Made top = client.backUp();
        machine.write("d0", 2_000_000, 9_000);
        // when, then
        Ended newest = run("--disk", "d0");
        assertThat(newest.exitCode()).as(newest.notes()).isZero();
        assertThat(newest.bytes()).isEqualTo(truth(top, "d0"));
        assertThat(newest.notes()).contains("was verified meanwhile");
        assertThat(run("--disk", "d1", "--backup", full.id()).bytes()).isEqualTo(truth(full, "d1"));
        Ended older = run("--disk", "d0", "--backup", full.id(), "-o", "json");
        assertThat(older.bytes()).isEqualTo(truth(full, "d0"));
        assertThat(older.bytes()).isNotEqualTo(newest.bytes());
        // and what cannot be
        Ended terminal = run(new ByteArrayOutputStream(), true, "--disk", "d0");
        assertThat(terminal.exitCode()).isEqualTo(2);
        assertThat(terminal.notes()).contains("standard output is a terminal");
        Ended both = run("-o", "json");
        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(both.bytes()).isEmpty();
        assertThat(both.notes()).contains("holds 2 disks");
        assertThat(run("--disk", "d0", "--format", "qcow2").exitCode()).isEqualTo(2);
        assertThat(run("--disk", "d0", "--disk", "d1").exitCode()).isEqualTo(2);
        assertThat(run("--disk", "d7", "-o", "json").bytes()).isEmpty();
        assertNothingIsServed();
        // when a byte of what the guest wrote is another
        Path file = site.repository("default")
                .resolve(api.get(client.path("")).path("id").asString(""))
                .resolve(full.id())
                .resolve("d0.qcow2");
        byte[] rotten = Files.readAllBytes(file);
        int at = indexOfData(rotten, truth(full, "d0"));
        rotten[at] ^= 1;
        Files.write(file, rotten);
        // then
        Ended blind = run("--disk", "d0", "--backup", full.id(), "--no-verify");
        assertThat(blind.exitCode()).isZero();
        assertThat(Arrays.mismatch(blind.bytes(), truth(full, "d0"))).isNotNegative();
        Ended told = run("--disk", "d0", "--backup", full.id(), "-o", "json");
        assertThat(told.exitCode()).isEqualTo(1);
        assertThat(told.notes()).contains("not to be trusted", "BACKUP_DAMAGED");
        assertThat(told.bytes()).isEqualTo(blind.bytes());
        assertNothingIsServed();
    }

    /** Where the guest's first cluster lies in the image. */
    private static int indexOfData(byte[] image, byte[] disk) {
        for (int at = 0; at + 512 <= image.length; at += 512) {
            if (Arrays.equals(image, at, at + 512, disk, 0, 512)) {
                return at;
            }
        }
        throw new AssertionError("the disk's first sector is not in the image");
    }

    @Test
    void a_server_that_dies_in_the_midst_is_a_failure_and_no_short_disk() throws Exception {
        machine.write("d0", 0, 4 << 20);
        seenServed(client.backUp());
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int octet) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                taken.write(bytes, from, length);
                begun.countDown();
                try {
                    assertThat(goesOn.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
        };
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Ended> running = thread.submit(() -> run(slow, false, "--disk", "d0"));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            String export = api.get(client.path("/exports"))
                    .path("exports")
                    .path(0)
                    .path("id")
                    .asString("");
            ProcessHandle.of(exports.processes(export).getFirst()).orElseThrow().destroyForcibly();
            goesOn.countDown();
            Ended ended = running.get(60, TimeUnit.SECONDS);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.notes()).contains("the stream was cut after", "of 4194304 bytes");
            assertThat(taken.size()).isLessThan(4 << 20);
        }
        Awaitility.await().atMost(PATIENCE).untilAsserted(this::assertNothingIsServed);
    }

    /** As a shell starts it; in {@code script} stands TIDEMARK for the command. */
    private Process shell(String script) throws IOException {
        String command = "env --default-signal=INT "
                + Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:TieredStopAtLevel=1 -cp "
                + System.getProperty("java.class.path") + " " + TidemarkCommand.class.getName() + " restore "
                + client.vm() + " --disk d0 --to -";
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script.replace("TIDEMARK", command));
        builder.environment().put("TIDEMARK_HOME", site.home().toString());
        return builder.redirectError(machine.file("notes").toFile()).start();
    }

    @Test
    void pipes_that_close_signals_and_files_that_already_hold_something() throws Exception {
        machine.write("d0", 0, 4 << 20);
        Made made = seenServed(client.backUp());
        // given a file that has a beginning
        Path file = machine.file("with-header");
        Process whole = shell("(printf header; TIDEMARK) > " + file);
        assertThat(whole.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(whole.exitValue())
                .as(Files.readString(machine.file("notes")))
                .isZero();
        byte[] written = Files.readAllBytes(file);
        assertThat(new String(written, 0, 6, StandardCharsets.US_ASCII)).isEqualTo("header");
        assertThat(Arrays.copyOfRange(written, 6, written.length)).isEqualTo(truth(made, "d0"));
        // a reader that has enough
        Process cut = shell("TIDEMARK | head -c 100 >/dev/null; exit ${PIPESTATUS[0]}");
        assertThat(cut.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(cut.exitValue()).isEqualTo(1);
        assertThat(Files.readString(machine.file("notes"))).contains("Broken pipe", "throw it away");
        assertNothingIsServed();
        // Ctrl-C while nobody reads
        Process stopped = shell("exec TIDEMARK");
        assertThat(stopped.getInputStream().readNBytes(512)).isEqualTo(Arrays.copyOf(truth(made, "d0"), 512));
        new ProcessBuilder("kill", "-INT", Long.toString(stopped.pid())).start().waitFor();
        assertThat(stopped.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(stopped.exitValue()).isEqualTo(130);
        assertNothingIsServed();
        assertThat(api.get(client.path("/operations")).path("operations").valueStream())
                .noneMatch(operation -> List.of("REQUESTED", "RUNNING", "UNKNOWN")
                        .contains(operation.path("state").asString("")));
    }
}
