package dev.tidemark.gateway.qmp;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to their consumer on a thread of its own, from a queue bounded in number and bytes.
 *
 * <p>When the queue is full the oldest event is dropped and counted: an event is a hint to look, the newest hint is worth
 * as much as all of them, and neither a reply nor the reader may ever wait for a consumer. A platform thread, because a
 * consumer that computes for long on a virtual one would hold a carrier that readers need.
 */
final class EventDelivery implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

    private record Entry(QmpEvent event, long bytes) {}

    private final Consumer<QmpEvent> consumer;
    private final int eventsMax;
    private final long bytesMax;
    private final ArrayDeque<Entry> queue = new ArrayDeque<>();
    private final AtomicLong dropped = new AtomicLong();
    private long queuedBytes;
    private boolean finished;
    private long failures;

    EventDelivery(Consumer<QmpEvent> consumer, int eventsMax, long bytesMax) {
        this.consumer = consumer;
        this.eventsMax = eventsMax;
        this.bytesMax = bytesMax;
    }

    synchronized void offer(QmpEvent event, long bytes) {
        if (finished) {
            return;
        }
        queue.addLast(new Entry(event, bytes));
        queuedBytes += bytes;
        while (queue.size() > eventsMax || (queuedBytes > bytesMax && queue.size() > 1)) {
            queuedBytes -= queue.removeFirst().bytes();
            if (dropped.incrementAndGet() == 1) {
                LOG.warn("the consumer of events is too slow: the oldest events are dropped from here on");
            }
        }
        notifyAll();
    }

    /** What is queued is still delivered; then the thread ends. */
    synchronized void finish() {
        finished = true;
        notifyAll();
    }

    long dropped() {
        return dropped.get();
    }

    @Override
    public void run() {
        try {
            for (QmpEvent event = next(); event != null; event = next()) {
                deliver(event);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable QmpEvent next() throws InterruptedException {
        while (queue.isEmpty()) {
            if (finished) {
                return null;
            }
            wait();
        }
        Entry entry = queue.removeFirst();
        queuedBytes -= entry.bytes();
        return entry.event();
    }

    private void deliver(QmpEvent event) {
        try {
            consumer.accept(event);
        } catch (RuntimeException | Error failure) {
            failures++;
            // A consumer that fails on every event of a flood must not flood the log too.
            if (Long.bitCount(failures) == 1) {
                LOG.error(
                        "the consumer of events failed on {} (failure {} of this session)",
                        event.name(),
                        failures,
                        failure);
            }
        }
    }
}
