package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class ReplyTest {

    private static final QmpCommand COMMAND = QmpCommand.Query.VERSION;

    private static QmpException failureOf(FakePeer peer) throws QmpException {
        try (QmpSession session = peer.open()) {
            return catchThrowableOfType(QmpException.class, () -> session.execute(COMMAND, FakePeer.LONG));
        }
    }

    private static CompletableFuture<Object> executeAside(QmpSession session) {
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                outcome.complete(session.execute(COMMAND, FakePeer.LONG));
            } catch (QmpException | RuntimeException failure) {
                outcome.complete(failure);
            }
        });
        return outcome;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "{\"return\": {}}",
                "{\"return\": {}, \"id\": 99}",
                "{\"return\": {}, \"id\": 1}",
                "{\"return\": {}, \"id\": \"2\"}",
                "{\"return\": {}, \"id\": 2.0}",
                "{\"return\": {}, \"id\": null}",
                "{\"return\": {}, \"id\": 18446744073709551618}",
                "{\"return\": {}, \"id\": 2, \"id\": 2}",
                "{\"return\": {}, \"error\": {\"class\": \"a\", \"desc\": \"b\"}, \"id\": 2}",
                "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error\"}}",
                "{\"error\": {\"class\": \"GenericError\"}, \"id\": 2}",
                "{\"error\": {\"class\": 1, \"desc\": \"x\"}, \"id\": 2}",
                "{\"error\": \"no\", \"id\": 2}",
                "{\"event\": \"STOP\"}",
                "{\"event\": 3, \"timestamp\": {\"seconds\": 1, \"microseconds\": 2}}",
                "{\"event\": \"STOP\", \"data\": [], \"timestamp\": {\"seconds\": 1, \"microseconds\": 2}}",
                "{\"surprise\": 1, \"id\": 2}",
                "{\"return\": {}, \"id\": 2} x",
                "{\"return\": 1e999999999999999999999999999999999999999999999, \"id\": 2}"
            })
    void that_breaks_the_protocol_ends_the_session_with_the_outcome_unknown(String line) throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {
            connection.readId();
            connection.send(line + "\r\n");
            connection.stayUntilClientLeaves();
        })) {
            assertThat(failureOf(peer)).isInstanceOfSatisfying(QmpProtocolError.class, error -> {
                assertThat(error.outcomeUnknown()).isTrue();
                assertThat(error).hasMessageContaining("may or may not have been executed");
            });
            // The next valid session works; command 2 again breaks it, so only the opening is looked at.
            try (QmpSession next = peer.open()) {
                assertThat(next.isOpen()).isTrue();
            }
        }
    }

    @Test
    void that_is_proper_is_accepted_by_the_same_road() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> connection.reply(connection.readId()));
                QmpSession session = peer.open()) {
            assertThat(session.execute(COMMAND, FakePeer.LONG).get("for").longValue())
                    .isEqualTo(2);
        }
    }

    @Test
    void that_is_no_utf8() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {
            connection.readId();
            connection.send(new byte[] {'{', '"', (byte) 0xC3, (byte) 0x28, '"', ':', '1', '}', '\n'});
            connection.stayUntilClientLeaves();
        })) {
            assertThat(failureOf(peer)).isInstanceOf(QmpProtocolError.class).hasMessageContaining("UTF-8");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 100_000})
    void that_is_nested_too_deep(int depth) throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {
            connection.readId();
            connection.send("{\"return\": " + "[".repeat(depth) + "]".repeat(depth) + ", \"id\": 2}\n");
            connection.stayUntilClientLeaves();
        })) {
            assertThat(failureOf(peer)).isInstanceOf(QmpProtocolError.class);
        }
    }

    @Test
    void end_of_stream_at_every_byte_is_an_interruption_and_only_the_whole_line_an_answer() throws Exception {
        byte[] reply = "{\"return\": {}, \"id\": 2}\r\n".getBytes(StandardCharsets.UTF_8);
        int[] cut = {0};
        try (FakePeer peer = FakePeer.negotiated(connection -> {
            connection.readId();
            connection.send(Arrays.copyOf(reply, cut[0]++));
        })) {
            for (int i = 0; i < reply.length; i++) {
                assertThat(failureOf(peer))
                        .as("cut after %d bytes", i)
                        .isInstanceOfSatisfying(
                                QmpInterrupted.class,
                                cutOff -> assertThat(cutOff.reason()).isEqualTo(QmpInterrupted.Reason.DISCONNECTED));
            }
            try (QmpSession session = peer.open()) {
                assertThat(session.execute(COMMAND, FakePeer.LONG).isObject()).isTrue();
            }
        }
    }

    @Test
    void twice_is_a_protocol_error_for_whoever_waits_next() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long id = connection.readId();
                    connection.reply(id);
                    connection.readId();
                    connection.reply(id);
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            assertThat(session.execute(COMMAND, FakePeer.LONG).isObject()).isTrue();
            QmpException error =
                    catchThrowableOfType(QmpException.class, () -> session.execute(COMMAND, FakePeer.LONG));
            assertThat(error).isInstanceOf(QmpProtocolError.class);
            assertThat(error.outcomeUnknown()).isTrue();
        }
    }

    @Test
    void swapped_replies_go_to_their_own_commands() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long first = connection.readId();
                    long second = connection.readId();
                    connection.reply(second);
                    connection.reply(first);
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            List<CompletableFuture<Object>> answers = List.of(executeAside(session), executeAside(session));
            List<Long> ids = new ArrayList<>();
            for (CompletableFuture<Object> answer : answers) {
                ids.add(((JsonNode) answer.get(60, TimeUnit.SECONDS)).get("for").longValue());
            }
            assertThat(ids).containsExactlyInAnyOrder(2L, 3L);
        }
    }

    @Test
    void an_answer_after_the_time_out_is_dropped_and_the_next_one_is_right() throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long late = connection.readId();
                    try {
                        timedOut.await();
                    } catch (InterruptedException interrupted) {
                        throw new IOException(interrupted);
                    }
                    connection.reply(late);
                    connection.reply(connection.readId());
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            QmpInterrupted interrupted =
                    catchThrowableOfType(QmpInterrupted.class, () -> session.execute(COMMAND, FakePeer.SHORT));
            assertThat(interrupted.reason()).isEqualTo(QmpInterrupted.Reason.TIMED_OUT);
            timedOut.countDown();
            assertThat(session.execute(COMMAND, FakePeer.LONG).get("for").longValue())
                    .isEqualTo(3);
        }
    }

    @Test
    void a_line_without_end_is_refused_at_the_limit() throws Exception {
        int limit = 64 * 1024;
        AtomicLong sent = new AtomicLong();
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    byte[] piece = new byte[16 * 1024];
                    Arrays.fill(piece, (byte) 'x');
                    while (true) {
                        connection.send(piece);
                        sent.addAndGet(piece.length);
                    }
                });
                QmpSession session = peer.open(QmpLimits.defaults().withMessageBytesMax(limit), event -> {})) {
            assertThat(session.ended().toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .contains("longer than " + limit);
            // What the kernel's buffers hold may be on top of it, no more.
            assertThat(sent).hasValueLessThan(4L << 20);
        }
    }

    @Test
    void a_disconnect_completes_a_hundred_waiters_as_interrupted() throws Exception {
        int waiters = 100;
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    for (int i = 0; i < waiters; i++) {
                        connection.readId();
                    }
                });
                QmpSession session = peer.open()) {
            List<CompletableFuture<Object>> outcomes = new ArrayList<>();
            for (int i = 0; i < waiters; i++) {
                outcomes.add(executeAside(session));
            }
            for (CompletableFuture<Object> outcome : outcomes) {
                assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(QmpInterrupted.class);
            }
            QmpUnavailable afterwards =
                    catchThrowableOfType(QmpUnavailable.class, () -> session.execute(COMMAND, FakePeer.LONG));
            assertThat(afterwards.reason()).isEqualTo(QmpUnavailable.Reason.CLOSED);
        }
    }

    @Test
    void closing_interrupts_whoever_waits() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        try (FakePeer peer = FakePeer.negotiated(connection -> {
            connection.readId();
            received.countDown();
            connection.stayUntilClientLeaves();
        })) {
            CompletableFuture<Object> outcome;
            try (QmpSession session = peer.open()) {
                outcome = executeAside(session);
                received.await();
            }
            assertThat(outcome.get(60, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            QmpInterrupted.class,
                            closed -> assertThat(closed.reason()).isEqualTo(QmpInterrupted.Reason.CLOSED));
        }
    }

    @Test
    void an_interrupted_thread_leaves_with_the_outcome_unknown_and_the_session_lives() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long first = connection.readId();
                    received.countDown();
                    long second = connection.readId();
                    connection.reply(first);
                    connection.reply(second);
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open()) {
            CompletableFuture<Object> outcome = new CompletableFuture<>();
            Thread waiting = Thread.ofPlatform()
                    .start(() -> outcome.complete(
                            catchThrowableOfType(QmpException.class, () -> session.execute(COMMAND, FakePeer.LONG))));
            received.await();
            waiting.interrupt();
            assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(QmpInterrupted.class);
            assertThat(session.execute(COMMAND, FakePeer.LONG).get("for").longValue())
                    .isEqualTo(3);
        }
    }

    @Test
    void too_many_unanswered_commands_are_not_sent() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(FakePeer.Connection::stayUntilClientLeaves);
                QmpSession session = peer.open(QmpLimits.defaults().withOutstandingMax(1), event -> {})) {
            assertThat(catchThrowableOfType(QmpInterrupted.class, () -> session.execute(COMMAND, FakePeer.SHORT)))
                    .isNotNull();
            QmpUnavailable busy =
                    catchThrowableOfType(QmpUnavailable.class, () -> session.execute(COMMAND, FakePeer.SHORT));
            assertThat(busy.reason()).isEqualTo(QmpUnavailable.Reason.BUSY);
        }
    }

    @Test
    void several_queries_at_once_are_answered_in_their_order() throws Exception {
        List<QmpCommand.Query> queries =
                List.of(QmpCommand.Query.VERSION, QmpCommand.Query.JOBS, QmpCommand.Query.BLOCK);
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    List<Long> ids = List.of(connection.readId(), connection.readId(), connection.readId());
                    for (long id : ids.reversed()) {
                        connection.reply(id);
                    }
                    connection.readId();
                });
                QmpSession session = peer.open()) {
            assertThat(session.queryAll(queries, FakePeer.LONG))
                    .extracting(answer -> answer.get("for").longValue())
                    .containsExactly(2L, 3L, 4L);
            assertThat(catchThrowableOfType(QmpException.class, () -> session.queryAll(queries, FakePeer.LONG)))
                    .as("the peer left within the batch")
                    .isInstanceOfAny(QmpInterrupted.class, QmpUnavailable.class);
        }
    }

    @Test
    void the_peer_leaves_while_nobody_waits() throws Exception {
        try (FakePeer peer = FakePeer.negotiated(connection -> {});
                QmpSession session = peer.open()) {
            Awaitility.await().until(() -> !session.isOpen());
        }
    }
}
