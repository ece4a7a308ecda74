package dev.tidemark.gateway.act.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which machine has a port: no two ever have the same, and nobody's is not kept. */
class TcpExportSocketTest {
    private static final MachineId ONE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FA1");
    private static final MachineId OTHER = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FA2");

    @TempDir
    private Path directory;

    private int port;

    @BeforeEach
    void choose() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
    }

    @Test
    void a_port_that_was_given_is_not_given_again_before_its_qemu_has_had_time_to_listen() throws IOException {
        TcpExportSocket one = socket(ONE);
        one.prepare();
        assertTaken(OTHER);
        assertThat(one.uri("a b")).isEqualTo("nbd://127.0.0.1:" + port + "/a%20b");
        // when nobody was heard for long
        Files.setLastModifiedTime(claim(), FileTime.from(Instant.now().minus(Duration.ofMinutes(11))));
        socket(OTHER).prepare();
        // then
        assertThat(one.exists()).isFalse();
        assertThat(socket(OTHER).exists()).isTrue();
    }

    @Test
    void a_port_whose_qemu_has_listened_is_given_when_it_no_longer_does_and_not_before() throws IOException {
        TcpExportSocket one = socket(ONE);
        one.prepare();
        try (ServerSocket qemu = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            one.heard();
            one.heard();
            assertThat(qemu.isBound()).isTrue();
            assertThat(one.isServed()).isTrue();
            assertTaken(OTHER);
        }
        socket(OTHER).prepare();
        assertThat(one.exists()).isFalse();
        assertThat(one.isServed()).isFalse();
        one.remove();
        assertThat(socket(OTHER).exists()).isTrue();
    }

    @Test
    void where_a_qemu_listens_is_known_whatever_the_gateway_is_told_of_ports_later() throws IOException {
        socket(ONE).prepare();
        try (ServerSocket qemu = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(qemu.isBound()).isTrue();
            socket(ONE).heard();
            for (Optional<TcpExports> told : List.of(
                    Optional.<TcpExports>empty(), Optional.of(new TcpExports("127.0.0.2", 1, 1, Optional.empty())))) {
                TcpExportSocket later = new TcpExportSocket(directory, ONE, told);
                assertThat(later.exists()).isTrue();
                assertThat(later.isServed()).isTrue();
                assertThat(later.uri("x")).isEqualTo("nbd://127.0.0.1:" + port + "/x");
            }
            // nor is it given to another at another address
            assertThatThrownBy(
                            new TcpExportSocket(
                                    directory,
                                    OTHER,
                                    Optional.of(new TcpExports("127.0.0.2", port, port, Optional.empty())))::prepare)
                    .isInstanceOf(FileSystemException.class);
        }
    }

    @Test
    void a_claim_of_an_older_version_is_found_served_and_freed() throws IOException {
        Files.writeString(claim(), ONE.value());
        TcpExportSocket untold = new TcpExportSocket(directory, ONE, Optional.empty());
        assertThat(untold.isServed()).isFalse();
        try (ServerSocket qemu = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(qemu.isBound()).isTrue();
            assertThat(untold.isServed()).isTrue();
            assertThat(socket(ONE).isServed()).isTrue();
            assertTaken(OTHER);
        }
        untold.remove();
        assertThat(claim()).doesNotExist();
    }

    @Test
    void what_nobody_listens_on_is_prepared_as_the_gateway_is_told_now() throws IOException {
        socket(ONE).prepare();
        TcpExportSocket elsewhere = new TcpExportSocket(
                directory, ONE, Optional.of(new TcpExports("127.0.0.2", port, port, Optional.empty())));
        elsewhere.clear();
        assertThat(elsewhere.uri("x")).isEqualTo("nbd://127.0.0.2:" + port + "/x");
        TcpExportSocket untold = new TcpExportSocket(directory, ONE, Optional.empty());
        assertThatThrownBy(untold::clear)
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("no ports");
        assertThat(untold.exists()).isFalse();
    }

    @Test
    void of_many_who_want_a_port_that_is_nobodys_one_gets_it() throws Exception {
        Files.writeString(claim(), ONE.value());
        Files.setLastModifiedTime(claim(), FileTime.from(Instant.EPOCH));
        List<String> won = Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService many = Executors.newFixedThreadPool(8)) {
            List<Future<?>> wishes = new ArrayList<>();
            for (int number = 0; number < 8; number++) {
                MachineId machine = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FB" + number);
                wishes.add(many.submit(() -> {
                    socket(machine).prepare();
                    won.add(machine.value());
                    return null;
                }));
            }
            for (Future<?> wish : wishes) {
                try {
                    wish.get();
                } catch (ExecutionException taken) {
                    assertThat(taken).hasCauseInstanceOf(FileSystemException.class);
                }
            }
        }
        assertThat(won).hasSize(1);
        assertThat(Files.readAllLines(claim())).first().isEqualTo(won.getFirst());
    }

    private TcpExportSocket socket(MachineId machine) {
        return new TcpExportSocket(
                directory, machine, Optional.of(new TcpExports("127.0.0.1", port, port, Optional.empty())));
    }

    private void assertTaken(MachineId machine) {
        assertThatThrownBy(socket(machine)::prepare)
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is taken");
    }

    private Path claim() {
        return directory.resolve(port + PortClaim.SUFFIX);
    }
}
