package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.SocketGuestAgent;
import dev.tidemark.gateway.testkit.FakeGuestAgent;
import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeerUsersTest {
    private static QmpSession open(FakePeer peer, PeerUsers users) throws QmpException {
        return QmpSession.open(
                peer.socket(),
                peer.directory().resolve("locks"),
                QmpLimits.defaults(),
                users,
                ReachablePlaces.NONE,
                event -> {});
    }

    /** Nobody this process is: its own listener is then a stranger's. */
    private static PeerUsers strangers() throws IOException {
        PeerUsers withNobody = PeerUsers.with(List.of("65534"));
        return new PeerUsers(Set.of(withNobody.allowed().stream()
                .filter(user -> !PeerUsers.usual().allowed().contains(user))
                .findFirst()
                .orElseThrow()));
    }

    @Test
    void our_own_users_qemu_is_talked_to() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves);
                QmpSession session = open(peer, PeerUsers.usual())) {
            assertThat(session.isOpen()).isTrue();
            assertThat(session.identity().user()).isEqualTo(System.getProperty("user.name"));
        }
    }

    @Test
    void a_strangers_socket_is_refused_before_a_byte_is_read_and_the_remedy_is_named() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves)) {
            PeerUsers strangers = strangers();
            QmpUnavailable refused = catchThrowableOfType(
                    QmpUnavailable.class, () -> open(peer, strangers).close());
            assertThat(refused.reason()).isEqualTo(QmpUnavailable.Reason.FOREIGN_PEER);
            assertThat(refused).hasMessageContaining("--allow-peer-user " + System.getProperty("user.name"));
            try (QmpSession afterwards = open(peer, PeerUsers.usual())) {
                assertThat(afterwards.isOpen()).isTrue();
            }
        }
    }

    @Test
    void a_strangers_guest_agent_is_refused_too() throws Exception {
        Duration second = Duration.ofSeconds(1);
        try (ShortDirectory directory = ShortDirectory.create();
                FakeGuestAgent _ = FakeGuestAgent.inState(directory.resolve("g"), "thawed")) {
            Path socket = directory.resolve("g");
            assertThat(new SocketGuestAgent(second, second, PeerUsers.usual()).fileSystems(socket))
                    .isEqualTo(GuestAgent.FileSystems.THAWED);
            PeerUsers strangers = strangers();
            assertThatThrownBy(() -> new SocketGuestAgent(second, second, strangers).fileSystems(socket))
                    .hasMessageContaining("--allow-peer-user");
        }
    }

    @Test
    void users_are_named_by_name_or_number_and_one_that_the_host_does_not_know_is_an_error() throws Exception {
        assertThat(PeerUsers.usual().allowed())
                .extracting(UserPrincipal::getName)
                .contains("0");
        assertThat(PeerUsers.with(List.of("54321", "root")).allowed())
                .extracting(UserPrincipal::getName)
                .contains("54321");
        assertThatThrownBy(() -> PeerUsers.with(List.of("no such user")))
                .isInstanceOf(IOException.class)
                .hasMessage("this host knows no user 'no such user'");
    }

    @Test
    void a_socket_that_others_can_reach_or_replace_is_told_of() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves)) {
            Files.setPosixFilePermissions(peer.socket(), PosixFilePermissions.fromString("rwxr-x---"));
            assertThat(SocketGuard.openings(peer.socket())).isEmpty();

            Files.setPosixFilePermissions(peer.socket(), PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThat(SocketGuard.openings(peer.socket()))
                    .singleElement()
                    .asString()
                    .contains("everybody on this host can connect");

            Files.setPosixFilePermissions(peer.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
            assertThat(SocketGuard.openings(peer.socket()))
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("another socket");
            Files.setAttribute(peer.directory(), "unix:mode", 01777);
            assertThat(SocketGuard.openings(peer.socket())).hasSize(1);
            assertThat(SocketGuard.openings(peer.directory().resolve("gone"))).isEmpty();
        }
    }
}
