package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.testkit.ReservedPort;
import dev.tidemark.gateway.Gateway;
import dev.tidemark.gateway.GatewaySettings;
import dev.tidemark.gateway.GatewaySettings.Patience;
import dev.tidemark.gateway.act.export.TcpExports;
import dev.tidemark.gateway.link.HttpLink;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Whoever lets go of a machine that is being read: nothing of ours goes on in its QEMU, or it is told and put away later. */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class FarewellIT {
    private static final Duration TIME_MAX = Duration.ofSeconds(60);
    private static final HostName HOST = new HostName("here");
    private static final ShortDirectory FILES = ShortDirectory.create();
    private static final Path HOME = FILES.resolve("home");
    private static LocalCoordinator coordinator;

    private final FuseMachine machine = new FuseMachine();
    private final Api api = new Api(HOME);
    private final Client client = new Client(api, machine, machine.file("restores"));
    private final Puller puller = new Puller(api, machine.file("."));
    private final ReservedPort reserved = new ReservedPort();
    private Gateway gateway;

    @BeforeAll
    static void startAll() {
        coordinator = LocalCoordinator.startWithoutGateway(HOME);
    }

    @AfterAll
    static void stopAll() {
        coordinator.close();
        FILES.close();
    }

    @AfterEach
    void close() {
        gateway.close();
        machine.close();
        reserved.close();
    }

    @Test
    void a_pull_that_is_being_read_is_ended_before_its_machine_is_let_go() throws IOException {
        start(Optional.empty());
        JsonNode ready = readyAfterAnother();
        assertThat(machine.leftovers()).isNotEmpty();
        String id = id();
        // when what is refused anyway ends nothing
        assertThat(api.send("DELETE", client.path("?force=true"), null).status())
                .isEqualTo(409);
        assertThat(puller.now(ready).path("state").asString("")).isEqualTo("READY");
        // and what is not ends everything
        api.done(api.delete(client.path("?force=true&keepBitmaps=true")));
        // then at once: nobody looks at it any more
        assertThat(machine.leftovers()).isEmpty();
        assertThat(isServerRunning()).isFalse();
        assertThat(files(id)).isEmpty();
        assertThat(puller.now(ready).path("state").asString("")).isEqualTo("ABORTED");
        assertThat(removed(id).path("abandoned").isMissingNode()).isTrue();
    }

    @Test
    @Covers("#30")
    void what_a_silent_qemu_goes_on_to_serve_is_told_and_goes_when_its_machine_is_registered_again()
            throws IOException {
        start(Optional.empty());
        JsonNode ready = readyAfterAnother();
        String id = id();
        machine.daemon().pause();
        // when
        api.done(api.delete(client.path("?force=true&keepBitmaps=true")));
        machine.daemon().resume();
        // then the log says what goes on, and where
        assertThat(removed(id).path("left").asString(""))
                .contains(
                        machine.socket().toString(),
                        "exports",
                        ready.path("id").asString("?"),
                        ready.path("operation").asString("?"),
                        "default");
        assertThat(machine.leftovers())
                .anyMatch(thing -> thing.startsWith("export "))
                .anyMatch(thing -> thing.startsWith("job "))
                .anyMatch(thing -> thing.startsWith("node "))
                .anyMatch(thing -> thing.startsWith("bitmap "));
        assertThat(files(id)).isNotEmpty();

        // when
        client.register();
        // then
        Awaitility.await().atMost(TIME_MAX).untilAsserted(() -> {
            assertThat(machine.leftovers()).isEmpty();
            assertThat(files(id)).isEmpty();
            // The last that is ended, when nothing is served any more.
            assertThat(isServerRunning()).isFalse();
        });
        assertThat(client.drift())
                .contains("LEFTOVER_EXPORT REMOVED", "LEFTOVER_JOB REMOVED", "LEFTOVER_NODE REMOVED")
                .noneMatch(one -> one.contains("QUARANTINED") && !one.contains("UNKNOWN_BITMAP"));
        thenAPullIsRight("FULL");
    }

    @Test
    void a_server_on_a_port_ends_although_the_gateway_has_no_ports_any_more() throws IOException {
        int port = reserved.number();
        start(Optional.of(new TcpExports("127.0.0.1", port, port, Optional.empty())));
        JsonNode ready = readyAfterAnother();
        Map<String, byte[]> truth = machine.contents();
        gateway.close();
        start(Optional.empty());
        client.awaitSeen("UP");
        machine.write("d0", 0x44, 0, 65_536);
        assertSame(puller.copied(puller.now(ready)), truth);
        api.done(puller.act(ready, "finish"));
        Awaitility.await().atMost(TIME_MAX).untilAsserted(() -> {
            assertThat(isFree(port)).isTrue();
            assertThat(claims()).isEmpty();
        });
        assertThat(machine.leftovers()).isEmpty();
        assertThat(isServerRunning()).isFalse();
        thenAPullIsRight("INCREMENTAL");
    }

    @Test
    void a_port_is_anybodys_when_the_qemu_that_had_it_is_gone_and_its_file_goes_with_its_machine() throws IOException {
        int port = reserved.number();
        start(Optional.of(new TcpExports("127.0.0.1", port, port, Optional.empty())));
        JsonNode lost = readyAfterAnother();
        machine.daemon().kill();
        client.awaitSeen("DOWN");
        try (FuseMachine other = new FuseMachine()) {
            Client second = new Client(api, other, other.file("restores"));
            second.register();
            JsonNode ready = puller.ready(second.startBackup(Map.of("mode", "PULL")));
            assertThat(ready.path("disks").path(0).path("uri").asString("")).contains(":" + port + "/");
            assertSame(puller.copied(ready), other.contents());
            other.daemon().kill();
            second.awaitSeen("DOWN");
            assertThat(claims()).isNotEmpty();
            api.done(api.delete(second.path("?force=true&keepBitmaps=true")));
            Awaitility.await()
                    .atMost(TIME_MAX)
                    .untilAsserted(() -> assertThat(claims()).isEmpty());
        }
        // and whoever comes back is served there again
        machine.daemon().startAgain();
        Awaitility.await()
                .atMost(TIME_MAX)
                .until(() -> puller.now(lost).path("state").asString("").equals("FAILED"));
        thenAPullIsRight("FULL");
    }

    private void start(Optional<TcpExports> exports) throws IOException {
        HttpLink link = new HttpLink(
                URI.create(new Api(HOME).server()),
                HOST,
                Files.readString(HOME.resolve("admin.token")).strip());
        gateway = Gateway.start(
                GatewaySettings.of(
                                HOST,
                                Map.of(new RepositoryName("default"), HOME.resolve("repositories/default")),
                                FILES.resolve("locks"))
                        .with(Patience.USUAL.answering(Duration.ofSeconds(2), Duration.ofSeconds(10)))
                        .with(new GatewaySettings.Serving(exports, FILES.resolve("scratch"))),
                link);
    }

    /** The second of two pulls: an incremental one has all that a pull can have in QEMU. */
    private JsonNode readyAfterAnother() {
        client.register();
        client.awaitSeen("UP");
        machine.write("d0", 0x11, 0, 1 << 20);
        machine.write("d1", 0x12, 0, 1 << 20);
        thenAPullIsRight("FULL");
        machine.write("d0", 0x22, 65_536, 65_536);
        JsonNode ready = puller.ready(client.startBackup(Map.of("mode", "PULL")));
        assertThat(ready.path("disks").path(0).path("kind").asString("")).isEqualTo("INCREMENTAL");
        return ready;
    }

    private void thenAPullIsRight(String kind) {
        Map<String, byte[]> truth = machine.contents();
        JsonNode ready = puller.ready(client.startBackup(Map.of("mode", "PULL")));
        assertThat(ready.path("disks").path(0).path("kind").asString("")).isEqualTo(kind);
        assertSame(puller.copied(ready), truth);
        api.done(puller.act(ready, "finish"));
        Awaitility.await().atMost(TIME_MAX).until(() -> machine.leftovers().isEmpty());
    }

    private String id() {
        return api.get(client.path("")).path("id").asString("");
    }

    private JsonNode removed(String id) {
        return api.get("/v1/vms/" + id + "/events?limit=1000")
                .path("events")
                .valueStream()
                .filter(event -> event.path("type").asString("").equals("machine-removed.v1"))
                .map(event -> event.path("data"))
                .findFirst()
                .orElseThrow();
    }

    /** What is unfinished in the repository, and where the machine served. */
    private static List<Path> files(String id) throws IOException {
        return below(FILES.path()).stream()
                .filter(file -> file.toString().contains(id))
                .filter(file -> file.toString().matches(".*(\\.partial|\\.nbd)"))
                .toList();
    }

    private static List<Path> claims() throws IOException {
        return below(FILES.resolve("locks")).stream()
                .filter(file -> file.toString().endsWith(".port"))
                .toList();
    }

    /** All that is there, although some of it may go just now. */
    private static List<Path> below(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                found.add(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(directory, failure);
            }
        });
        return found;
    }

    private boolean isServerRunning() {
        try {
            machine.qmp(
                    "{\"execute\":\"nbd-server-start\",\"arguments\":{\"addr\":{\"type\":\"unix\",\"data\":{\"path\":\""
                            + machine.file("probe.nbd") + "\"}}}}");
            machine.qmp("{\"execute\":\"nbd-server-stop\"}");
            return false;
        } catch (AssertionError running) {
            return true;
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket bound = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return bound.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static void assertSame(Map<String, byte[]> read, Map<String, byte[]> truth) {
        assertThat(read.keySet()).isEqualTo(truth.keySet());
        read.forEach((disk, bytes) -> assertThat(Arrays.equals(bytes, truth.get(disk)))
                .as("disk %s", disk)
                .isTrue());
    }
}
