package dev.tidemark.coordinator.ledger;

import java.time.Duration;
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
 * Writes snapshots on a thread of its own, after the commit. A command neither waits for one nor fails with one: if the
 * queue is full the snapshot is left to a later command, if writing fails the log says why and replay takes longer.
 */
final class SnapshotWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);
    private static final int QUEUE_LENGTH_MAX = 1_000;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUE_LENGTH_MAX),
            Thread.ofPlatform().name("ledger-snapshots").daemon().factory(),
            // Not dropped by the pool: Axon would wait for its end for ever and never write this machine's again.
            (task, pool) -> LOG.debug("A snapshot is left to a later command"));

    private final AggregateSnapshotter snapshotter;

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
        snapshotter.scheduleSnapshot(MachineShell.class, aggregateId);
    }

    @Override
    public void close() {
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
                    EventStorage.readLogAlone();
                    task.run();
                });
            } catch (RuntimeException failure) {
                LOG.warn("A snapshot was not written; loading takes longer until the next one", failure);
            }
        }
    }
}
