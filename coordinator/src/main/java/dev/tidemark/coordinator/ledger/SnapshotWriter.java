package dev.tidemark.coordinator.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.axonframework.common.transaction.Transaction;
import org.axonframework.common.transaction.TransactionManager;
import org.axonframework.eventsourcing.AggregateSnapshotter;
import org.axonframework.eventsourcing.eventstore.EventStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots on a thread of its own, after the commit; and a machine's next one only once the machine is quiet, because
 * for each the events behind the last one are read again, and only who starts with nothing at hand needs it. A machine that
 * is never quiet gets one all the same. A command neither waits for one nor fails with one: if the queue is full the snapshot
 * is left to a later command, if writing fails the log says why and replay takes longer.
 */
final class SnapshotWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);
    private static final int QUEUE_LENGTH_MAX = 1_000;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /** A machine for which no further snapshot fell due for so long is quiet. */
    private static final long QUIET_MILLISECONDS = 1_000;

    /** After so many that fell due one is written, whether the machine is quiet or not. */
    private static final int POSTPONED_MAX = 20;

    /** How many fell due, the one that was last written included, for each machine that is not known to be quiet. */
    private final Map<String, Integer> due = new ConcurrentHashMap<>();

    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE_LENGTH_MAX),
            Thread.ofPlatform().name("ledger-snapshots").daemon().factory(),
            // Not dropped by the pool: Axon would wait for its end for ever and never write this machine's again.
            (task, pool) -> {
                // Nor may anything stand here for which nobody comes any more: it falls due again.
                due.clear();
                LOG.debug("A snapshot is left to a later command");
            });

    private final AggregateSnapshotter snapshotter;
    private final Executor later =
            CompletableFuture.delayedExecutor(QUIET_MILLISECONDS, TimeUnit.MILLISECONDS, executor);

    SnapshotWriter(EventStore store, ShellFactory<?, ?, ?, ?> factory, UnitConnections connections) {
        this.snapshotter = AggregateSnapshotter.builder()
                .eventStore(store)
                .aggregateFactories(factory)
                .executor(executor)
                .transactionManager(new Quiet(connections))
                .build();
    }

    /** A snapshot of this machine is due. */
    void write(String aggregateId) {
        if (due.merge(aggregateId, 1, Integer::sum) == 1) {
            snapshotter.scheduleSnapshot(MachineShell.class, aggregateId);
            later.execute(() -> writeIfQuiet(aggregateId, 1));
        }
    }

    private void writeIfQuiet(String aggregateId, int dueBefore) {
        int dueNow = due.getOrDefault(aggregateId, 0);
        if (dueNow > dueBefore && dueNow < POSTPONED_MAX) {
            later.execute(() -> writeIfQuiet(aggregateId, dueNow));
        } else {
            writePostponed(aggregateId);
        }
    }

    private void writePostponed(String aggregateId) {
        Integer fellDue = due.remove(aggregateId);
        if (fellDue != null && fellDue > 1) {
            snapshotter.scheduleSnapshot(MachineShell.class, aggregateId);
        }
    }

    /** What was put off is written: the next start has nothing at hand. */
    @Override
    public void close() {
        List.copyOf(due.keySet()).forEach(this::writePostponed);
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException stop) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Failures end here, with their cause in the log; Axon would log one line without it. A snapshot outlives this process, so it is
     * folded from what is stored, and from no memory.
     */
    private record Quiet(TransactionManager connections) implements TransactionManager {
        @Override
        public Transaction startTransaction() {
            return connections.startTransaction();
        }

        @Override
        public void executeInTransaction(Runnable task) {
            try {
                connections.executeInTransaction(() -> {
                    UnitNotes.ofUnit().readLogAlone();
                    task.run();
                });
            } catch (RuntimeException failure) {
                LOG.warn("A snapshot was not written; loading takes longer until the next one", failure);
            }
        }
    }
}
