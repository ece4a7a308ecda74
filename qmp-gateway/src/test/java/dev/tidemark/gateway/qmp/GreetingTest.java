package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class GreetingTest {

    private static QmpUnavailable unavailable(FakePeer peer) {
        return unavailable(peer, FakePeer.impatient());
    }

    /** As a client that waits for the greeting as long as it takes. */
    private static QmpUnavailable unavailableOnceGreeted(FakePeer peer) {
        return unavailable(peer, QmpLimits.defaults().withTimeouts(FakePeer.LONG, FakePeer.SHORT));
    }

    private static QmpUnavailable unavailable(FakePeer peer, QmpLimits limits) {
        return catchThrowableOfType(
                QmpUnavailable.class, () -> peer.open(limits, event -> {}).close());
    }

    @Test
    void says_nothing() throws IOException {
        try (FakePeer peer = FakePeer.playing(FakePeer.Connection::stayUntilClientLeaves)) {
            assertThat(unavailable(peer).reason()).isEqualTo(Reason.NO_GREETING);
            assertThat(unavailable(peer).reason())
                    .as("the socket was given back")
                    .isEqualTo(Reason.NO_GREETING);
        }
    }

    @Test
    void half_a_greeting_and_silence() throws IOException {
        try (FakePeer peer = FakePeer.playing(connection -> {
            connection.send(FakePeer.GREETING.substring(0, 40));
            connection.stayUntilClientLeaves();
        })) {
            assertThat(unavailable(peer).reason()).isEqualTo(Reason.NO_GREETING);
        }
    }

    @Test
    void in_one_byte_pieces() throws Exception {
        try (FakePeer peer = FakePeer.playing(connection -> {
                    for (byte piece : FakePeer.GREETING.getBytes(StandardCharsets.UTF_8)) {
                        connection.send(new byte[] {piece});
                    }
                    connection.reply(connection.readId());
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            assertThat(session.identity().version()).isEqualTo(new QemuVersion(7, 2, 22, "Debian"));
            // The fake peer lives in this very process: found, and told apart from none.
            assertThat(session.identity().process().orElseThrow().pid())
                    .isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void end_of_stream_at_every_byte() throws IOException {
        byte[] greeting = FakePeer.GREETING.getBytes(StandardCharsets.UTF_8);
        int[] cut = {0};
        try (FakePeer peer = FakePeer.playing(connection -> connection.send(Arrays.copyOf(greeting, cut[0]++)))) {
            for (int i = 0; i < greeting.length; i++) {
                assertThat(unavailable(peer).reason())
                        .as("cut after %d bytes", i)
                        .isEqualTo(Reason.NO_GREETING);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n",
                "\r\n",
                "null\n",
                "[]\n",
                "\"QMP\"\n",
                "{}\n",
                "{\"QMP\": null}\n",
                "{\"QMP\": {}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2}, \"package\": \"\"}, \"capabilities\": []}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": \"7\"}, \"package\": \"\"}, \"capabilities\": []}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": -7}, \"package\": \"\"}, \"capabilities\": []}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": 7}, \"package\": \"\"}, \"capabilities\": {}}}\n",
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": 7}, \"package\": \"\"}, \"capabilities\": [1]}}\n",
                "{\"QMP\": {}, \"QMP\": {}}\n",
                "{\"QMP\": {}} {}\n",
                "{\"return\": {}, \"id\": 1}\n",
                "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 1, \"microseconds\": 2}}\n"
            })
    void is_no_greeting(String line) throws IOException {
        try (FakePeer peer = FakePeer.playing(connection -> connection.send(line))) {
            QmpProtocolError error = catchThrowableOfType(
                    QmpProtocolError.class, () -> peer.open().close());
            assertThat(error.violation()).isNotBlank();
            assertThat(error.outcomeUnknown()).isFalse();
        }
    }

    @Test
    void twice() throws Exception {
        try (FakePeer peer = FakePeer.playing(connection -> {
            connection.send(FakePeer.GREETING + FakePeer.GREETING);
            connection.stayUntilClientLeaves();
        })) {
            QmpException error =
                    catchThrowableOfType(QmpException.class, () -> peer.open().close());
            assertThat(error.outcomeUnknown()).isFalse();
        }
    }

    @Test
    void a_refused_negotiation() throws IOException {
        try (FakePeer peer = FakePeer.playing(connection -> {
            connection.send(FakePeer.GREETING);
            long id = connection.readId();
            connection.send("{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no\"}, \"id\": " + id + "}\n");
            connection.stayUntilClientLeaves();
        })) {
            assertThat(unavailableOnceGreeted(peer).reason()).isEqualTo(Reason.NEGOTIATION_FAILED);
        }
    }

    @Test
    void an_unanswered_negotiation() throws IOException {
        try (FakePeer peer = FakePeer.playing(connection -> {
            connection.send(FakePeer.GREETING);
            connection.stayUntilClientLeaves();
        })) {
            assertThat(unavailableOnceGreeted(peer).reason()).isEqualTo(Reason.NEGOTIATION_FAILED);
        }
    }

    @Test
    void out_of_band_is_never_asked_for() throws Exception {
        StringBuilder said = new StringBuilder();
        try (FakePeer peer = FakePeer.playing(connection -> {
                    connection.send(FakePeer.GREETING);
                    var command = connection.readCommand();
                    said.append(command);
                    connection.reply(command.get("id").longValue());
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            assertThat(session.isOpen()).isTrue();
            assertThat(said.toString()).isEqualTo("{\"execute\":\"qmp_capabilities\",\"id\":1}");
        }
    }
}
