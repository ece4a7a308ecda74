package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.cli.PullListening;
import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.testkit.ReservedPort;
import dev.tidemark.gateway.testkit.RequiredProgram;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Pull backups over TCP: who is let in, with the lines that {@code backup show} prints, run by a shell as they stand. */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class PullOverTcpIT {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);
    private static final ShortDirectory FILES = ShortDirectory.create();
    private static final Path HOME = FILES.resolve("home");

    private final FuseMachine machine = new FuseMachine();
    private final Api api = new Api(HOME);
    private final ReservedPort reserved = new ReservedPort();
    private LocalCoordinator coordinator;

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        coordinator.close();
        machine.close();
        reserved.close();
    }

    @AfterAll
    static void clean() {
        FILES.close();
    }

    @Test
    void with_certificates_nobody_reads_without_one_of_the_same_authority() throws IOException {
        Keys keys = Keys.certificates(directory);
        PullListening listening = listening(Optional.of(keys.of("server")), Optional.empty());
        start(listening);
        machine.write("d0", 0x11, 0, 1 << 20);
        machine.write("d1", 0x22, 512 * 33, 1 << 20);
        Map<String, byte[]> truth = machine.contents();
        Client client = register(machine);
        Puller puller = new Puller(api, directory);
        JsonNode ready = puller.ready(pull(client));
        machine.write("d0", 0x33, 0, 2 << 20);

        thenTheLinesRead(ready, keys.of("client"), truth);
        String uri = ready.path("disks").path(0).path("uri").asString("");
        assertThat(uri).matches("nbds://127\\.0\\.0\\.1:" + listening.firstPort() + "/[0-9a-f]{40}-d0");
        assertThat(nbdinfo(uri + "?tls-certificates=" + keys.of("client"))).isZero();
        assertThat(nbdinfo(uri + "?tls-certificates=" + keys.of("stranger"))).isNotZero();
        assertThat(nbdinfo(uri + "?tls-certificates=" + keys.of("nobody"))).isNotZero();
        assertThat(nbdinfo(uri.replace("nbds:", "nbd:"))).isNotZero();
        assertThat(nbdinfo(uri.replaceAll("[0-9a-f]{40}", "0".repeat(40)) + "?tls-certificates=" + keys.of("client")))
                .isNotZero();
        assertThat(RequiredProgram.QEMU_NBD.run(
                        "--list",
                        "-b",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(listening.firstPort()),
                        "--tls-creds=k",
                        "--object=tls-creds-x509,id=k,endpoint=client,dir=" + keys.of("client")))
                .contains("exports available: 2");

        // when the gateway ends and another one begins
        coordinator.close();
        start(listening);
        client.awaitSeen("UP");
        thenTheLinesRead(puller.now(ready), keys.of("client"), truth);
        api.done(puller.act(ready, "finish"));
        thenNobodyServes(listening.firstPort());
        thenNoKeysAreLeft();
    }

    @Test
    void with_a_shared_key_nobody_reads_without_it() throws IOException {
        Keys keys = Keys.shared(directory);
        PullListening listening = listening(Optional.empty(), Optional.of(keys.of("server")));
        start(listening);
        machine.write("d0", 0x11, 0, 1 << 20);
        Map<String, byte[]> truth = machine.contents();
        Puller puller = new Puller(api, directory);
        JsonNode ready = puller.ready(pull(register(machine)));
        machine.write("d0", 0x33, 0, 2 << 20);

        thenTheLinesRead(ready, keys.of("client"), truth);
        String uri = ready.path("disks").path(0).path("uri").asString("");
        assertThat(uri).startsWith("nbds://backup@127.0.0.1:");
        assertThat(nbdinfo(uri + "?tls-psk-file=" + keys.of("client").resolve("keys.psk")))
                .isZero();
        assertThat(nbdinfo(uri + "?tls-psk-file=" + keys.of("stranger").resolve("keys.psk")))
                .isNotZero();
        assertThat(nbdinfo(uri.replace("nbds:", "nbd:"))).isNotZero();
        api.done(puller.act(ready, "abort"));
        thenNobodyServes(listening.firstPort());
        thenNoKeysAreLeft();
    }

    @Test
    void without_keys_each_machine_has_a_port_and_when_there_is_none_left_the_backup_fails() throws IOException {
        PullListening listening = listening(Optional.empty(), Optional.empty());
        start(listening);
        machine.write("d0", 0x11, 0, 1 << 20);
        Map<String, byte[]> truth = machine.contents();
        Puller puller = new Puller(api, directory);
        JsonNode ready = puller.ready(pull(register(machine)));
        assertThat(ready.path("disks").path(0).path("uri").asString("")).startsWith("nbd://127.0.0.1:");
        try (FuseMachine other = new FuseMachine()) {
            Client second = register(other);
            JsonNode failed = api.failed(pull(second), "EXPORT_SERVER_REFUSED");
            assertThat(failed.path("error").asString("")).contains("is taken");
            // then what is not its own goes on
            thenTheLinesRead(ready, directory, truth);
            api.done(puller.act(ready, "finish"));
            thenNobodyServes(listening.firstPort());
            JsonNode later = puller.ready(pull(second));
            thenTheLinesRead(later, directory, other.contents());
            api.done(puller.act(later, "finish"));
        }
    }

    private PullListening listening(Optional<Path> certificates, Optional<Path> sharedKey) {
        int port = reserved.number();
        return new PullListening("127.0.0.1", port, port, certificates, sharedKey);
    }

    private void start(PullListening listening) {
        coordinator = LocalCoordinator.start(HOME, listening);
    }

    private Client register(FuseMachine registered) {
        Client client = new Client(api, registered, directory.resolve("restores"));
        client.register();
        client.awaitSeen("UP");
        return client;
    }

    private JsonNode pull(Client client) {
        return client.startBackup(Map.of("mode", "PULL"));
    }

    private static int nbdinfo(String uri) {
        return run(List.of(RequiredProgram.NBDINFO.path(), uri), Path.of("."));
    }

    /** What is printed under the table, with the directory of this client's keys. */
    private void thenTheLinesRead(JsonNode ready, Path keys, Map<String, byte[]> truth) throws IOException {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        int exitCode = new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(
                        new Terminal(
                                results, new ByteArrayOutputStream(), Map.of("TIDEMARK_HOME", HOME.toString()), false),
                        "backup",
                        "show",
                        ready.path("id").asString(""));
        assertThat(exitCode).isZero();
        String script = results.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.matches("(KEYS=|nbdinfo |nbdcopy |qemu-img ).*"))
                .map(line -> line.startsWith("KEYS=") ? "KEYS='" + keys + "'" : line)
                .reduce("set -e", (one, other) -> one + "\n" + other);
        Path read = Files.createTempDirectory(directory, "read");
        assertThat(run(List.of("sh", "-c", script), read)).as(script).isZero();
        for (String disk : truth.keySet()) {
            Path raw = read.resolve(disk + ".raw");
            assertThat(Arrays.equals(Files.readAllBytes(raw), truth.get(disk)))
                    .as(script)
                    .isTrue();
            RequiredProgram.QEMU_IMG.run(
                    "compare",
                    "-f",
                    "raw",
                    "-F",
                    "qcow2",
                    raw.toString(),
                    read.resolve(disk + ".qcow2").toString());
        }
    }

    private static int run(List<String> command, Path in) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(in.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end");
            }
            return process.exitValue();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** No server, and the port is anybody's. */
    private void thenNobodyServes(int port) {
        Awaitility.await().atMost(TIME_MAX).untilAsserted(() -> {
            try (ServerSocket bound = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(bound.isBound()).isTrue();
            } catch (BindException taken) {
                // The server ends after the operation: asked again until the time is over.
                throw new AssertionError("port " + port + " is still served", taken);
            }
            assertThat(machine.leftovers()).isEmpty();
        });
    }

    /** QEMU has no list of objects before it was given one. */
    private void thenNoKeysAreLeft() {
        Awaitility.await()
                .atMost(TIME_MAX)
                .untilAsserted(
                        () -> assertThat(machine.qmp("{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/objects\"}}")
                                        .toString())
                                .doesNotContain("tm-"));
    }
}
