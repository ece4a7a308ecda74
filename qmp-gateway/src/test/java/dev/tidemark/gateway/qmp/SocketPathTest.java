package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketPathTest {

    private static Reason reasonFor(Path socket, Path locks) {
        return catchThrowableOfType(
                        QmpUnavailable.class,
                        () -> QmpSession.open(socket, locks, FakePeer.impatient(), event -> {})
                                .close())
                .reason();
    }

    @Test
    void leads_to_nothing_a_file_a_directory_or_a_stale_socket() throws Exception {
        try (ShortDirectory directory = ShortDirectory.create()) {
            Path locks = directory.resolve("locks");
            assertThat(reasonFor(directory.resolve("none"), locks)).isEqualTo(Reason.NO_SOCKET);
            assertThat(reasonFor(directory.path(), locks)).isEqualTo(Reason.NOT_A_SOCKET);
            Path file = Files.writeString(directory.resolve("file"), "x");
            assertThat(reasonFor(file, locks)).isEqualTo(Reason.NOT_A_SOCKET);
            assertThat(reasonFor(Files.createSymbolicLink(directory.resolve("link"), file), locks))
                    .isEqualTo(Reason.NOT_A_SOCKET);
            assertThat(reasonFor(Files.createSymbolicLink(directory.resolve("dangling"), Path.of("gone")), locks))
                    .isEqualTo(Reason.NO_SOCKET);
            Path loop = directory.resolve("loop");
            assertThat(reasonFor(Files.createSymbolicLink(loop, loop), locks)).isEqualTo(Reason.INACCESSIBLE);

            Path stale = directory.resolve("stale");
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(stale));
            }
            assertThat(reasonFor(stale, locks)).isEqualTo(Reason.REFUSED);
        }
    }

    @Test
    void through_a_symlink_is_the_same_socket_with_the_same_owner() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves)) {
            Path link = Files.createSymbolicLink(peer.directory().resolve("link"), peer.socket());
            Path locks = peer.directory().resolve("locks");
            try (QmpSession session = QmpSession.open(link, locks, QmpLimits.defaults(), event -> {})) {
                assertThat(session.isOpen()).isTrue();
                assertThat(reasonFor(peer.socket(), locks)).isEqualTo(Reason.OWNED_BY_ANOTHER);
                assertThat(reasonFor(link, peer.directory().resolve("other"))).isEqualTo(Reason.OWNED_BY_ANOTHER);
            }
            try (QmpSession session = peer.open()) {
                assertThat(session.isOpen()).isTrue();
            }
        }
    }

    @Test
    void owned_by_another_process_until_that_is_killed() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves)) {
            Path locks = Files.createDirectories(peer.directory().resolve("locks"));
            Path lockFile = SocketOwnership.lockFile(peer.socket(), locks);
            Process other = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            LockHolder.class.getName(),
                            lockFile.toString()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try {
                assertThat(other.getInputStream().read()).isEqualTo('L');
                QmpUnavailable owned = catchThrowableOfType(
                        QmpUnavailable.class, () -> peer.open().close());
                assertThat(owned.reason()).isEqualTo(Reason.OWNED_BY_ANOTHER);
            } finally {
                other.destroyForcibly();
                assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            try (QmpSession session = peer.open()) {
                assertThat(session.isOpen()).isTrue();
            }
        }
    }

    @Test
    void a_lock_directory_that_is_a_file() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves)) {
            Path file = Files.writeString(peer.directory().resolve("file"), "x");
            assertThat(reasonFor(peer.socket(), file)).isEqualTo(Reason.LOCK_UNUSABLE);
        }
    }

    @Test
    void a_full_queue_of_clients_is_given_up_in_time() throws Exception {
        try (ShortDirectory directory = ShortDirectory.create();
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path socket = directory.resolve("q");
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            for (int i = 0; i < 4; i++) {
                assertThat(reasonFor(socket, directory.resolve("locks"))).isEqualTo(Reason.NO_GREETING);
            }
        }
    }

    /** Another process that holds a lock until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] arguments) throws Exception {
            try (FileChannel file =
                    FileChannel.open(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (file.lock().isValid()) {
                    System.out.write('L');
                    System.out.flush();
                    // Until it is killed, or its parent is gone.
                    System.in.read();
                }
            }
        }
    }
}
