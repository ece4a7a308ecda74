package dev.tidemark.gateway.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventTest {

    private static String event(String name, int number) {
        return "{\"timestamp\": {\"seconds\": 1, \"microseconds\": " + number + "}, \"event\": \"" + name + "\"}\r\n";
    }

    @Test
    void between_command_and_reply_goes_to_the_consumer() throws Exception {
        List<QmpEvent> seen = new CopyOnWriteArrayList<>();
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long id = connection.readId();
                    connection.send(event("A", 1) + event("B", -1));
                    connection.reply(id);
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open(QmpLimits.defaults(), seen::add)) {
            assertThat(session.execute(QmpCommand.Query.JOBS, FakePeer.LONG).isObject())
                    .isTrue();
            Awaitility.await().until(() -> seen.size() == 2);
            assertThat(seen).extracting(QmpEvent::name).containsExactly("A", "B");
            assertThat(seen.getFirst().data().isEmpty()).isTrue();
        }
    }

    @Test
    void a_flood_with_a_stuck_consumer_delays_no_reply_and_keeps_the_newest() throws Exception {
        int flood = 100_000;
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong newest = new AtomicLong();
        AtomicLong seen = new AtomicLong();
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long id = connection.readId();
                    for (int i = 1; i <= flood; i++) {
                        connection.send(event("FLOOD", i));
                    }
                    connection.reply(id);
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open(QmpLimits.defaults(), event -> {
                    try {
                        release.await();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    seen.incrementAndGet();
                    newest.set(event.microseconds());
                })) {
            assertThat(session.execute(QmpCommand.Query.JOBS, FakePeer.LONG).isObject())
                    .isTrue();
            assertThat(session.eventsDropped()).isPositive();
            release.countDown();
            Awaitility.await().until(() -> newest.get() == flood);
            assertThat(seen.get() + session.eventsDropped()).isEqualTo(flood);
        }
    }

    @Test
    void a_throwing_consumer_harms_only_itself() throws Exception {
        AtomicLong calls = new AtomicLong();
        try (FakePeer peer = FakePeer.negotiated(connection -> {
                    long id = connection.readId();
                    connection.send(event("A", 1) + event("B", 2));
                    connection.reply(id);
                    connection.stayUntilClientLeaves();
                });
                QmpSession session = peer.open(QmpLimits.defaults(), event -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("a consumer's bug");
                })) {
            assertThat(session.execute(QmpCommand.Query.JOBS, FakePeer.LONG).isObject())
                    .isTrue();
            Awaitility.await().until(() -> calls.get() == 2);
            assertThat(session.isOpen()).isTrue();
        }
    }
}
