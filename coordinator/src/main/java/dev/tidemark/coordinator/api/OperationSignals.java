package dev.tidemark.coordinator.api;

import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes those who wait for operations: at once when a commit of this coordinator may have ended them, or when it is heard that another
 * coordinator's may have. What was not heard is found within half a second; however many wait, that costs one question to the database.
 */
public final class OperationSignals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationSignals.class);
    private static final Duration FALLBACK = Duration.ofMillis(500);

    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final UnaryOperator<Set<OperationId>> ended;
    private final Thread fallback;
    private volatile boolean closed;

    /** Starts without waiters; {@code ended} tells which of the given operations have ended. */
    public OperationSignals(UnaryOperator<Set<OperationId>> ended) {
        this.ended = ended;
        this.fallback = Thread.ofVirtual().name("operation-signals").start(this::lookAroundUntilClosed);
    }

    /** Somebody who waits. Register first, then read the operation, then wait: so no signal is missed. */
    public final class Waiter implements AutoCloseable {
        private final OperationId operation;
        private final MachineId machine;
        private final CountDownLatch signal = new CountDownLatch(1);

        private Waiter(OperationId operation, MachineId machine) {
            this.operation = operation;
            this.machine = machine;
        }

        /** Waits until the operation may have changed, or the time is over. */
        public void await(Duration limit) throws InterruptedException {
            if (!closed) {
                signal.await(limit.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void close() {
            waiters.remove(this);
        }
    }

    /** Registers somebody who waits for an operation of this machine. Good for one signal. */
    public Waiter waiter(OperationId operation, MachineId machine) {
        Waiter waiter = new Waiter(operation, machine);
        waiters.add(waiter);
        return waiter;
    }

    /** How many wait. */
    public int count() {
        return waiters.size();
    }

    /** Whether the coordinator is stopping, so that waiting makes no sense any more. */
    public boolean closed() {
        return closed;
    }

    /** After a commit: wakes whoever may wait for one of these events. Returns at once. */
    public void committed(List<MachineEvent> events) {
        for (MachineEvent event : events) {
            for (Waiter waiter : waiters) {
                if (waiter.machine.equals(event.machine()) && concerns(event, waiter.operation)) {
                    waiter.signal.countDown();
                }
            }
        }
    }

    /** After a commit elsewhere, of which nobody has told the events: wakes all who wait for something of this machine. Returns at once. */
    public void changedElsewhere(MachineId machine) {
        for (Waiter waiter : waiters) {
            if (waiter.machine.equals(machine)) {
                waiter.signal.countDown();
            }
        }
    }

    /** Lets everybody go. */
    @Override
    public void close() {
        closed = true;
        fallback.interrupt();
        waiters.forEach(waiter -> waiter.signal.countDown());
    }

    /** Whether the event may change what a waiter for this operation wants to know. */
    private static boolean concerns(MachineEvent event, OperationId waitedFor) {
        return switch (event) {
            // The registration goes by the machine's id.
            case MachineRegistered _ -> false;
            case MachineObserved observed ->
                waitedFor.value().equals(observed.machine().value());
            // It ends whatever is under way.
            case MachineRemoved _ -> true;
            // A backup's end is also the end of every wish to abort it.
            case BackupCompleted _, BackupPulled _, BackupFailed _, BackupAborted _ -> true;
            case ChainBroken _, DriftFound _, DriftGone _, GuestFreezeBegun _, GuestThawed _ -> false;
            case OperationInDoubt doubt -> waitedFor.equals(doubt.operation());
            case CheckpointRequested requested -> waitedFor.equals(requested.operation());
            case CheckpointCreated created -> waitedFor.equals(created.operation());
            case CheckpointFailed failed -> waitedFor.equals(failed.operation());
            case CheckpointDeletionRequested requested -> waitedFor.equals(requested.operation());
            case CheckpointDeleted deleted -> waitedFor.equals(deleted.operation());
            case CheckpointDeletionFailed failed -> waitedFor.equals(failed.operation());
            case BackupRequested requested -> waitedFor.equals(requested.operation());
            case BackupReplanned replanned -> waitedFor.equals(replanned.operation());
            case BackupStarted started -> waitedFor.equals(started.operation());
            // That clients can read it is all that was asked for.
            case BackupReady ready -> waitedFor.equals(ready.operation());
            case BackupFinishRequested requested -> waitedFor.equals(requested.operation());
            case BackupAbortRequested requested -> waitedFor.equals(requested.operation());
            case BackupSpeedChanged changed -> waitedFor.equals(changed.operation());
            case VerificationRequested requested -> waitedFor.equals(requested.operation());
            case BackupVerified verified -> waitedFor.equals(verified.operation());
            case BackupDamaged damaged -> waitedFor.equals(damaged.operation());
            case VerificationFailed failed -> waitedFor.equals(failed.operation());
            case ErrandAbortRequested requested -> waitedFor.equals(requested.operation());
            case RestoreRequested requested -> waitedFor.equals(requested.operation());
            case RestoreCompleted completed -> waitedFor.equals(completed.operation());
            case RestoreFailed failed -> waitedFor.equals(failed.operation());
            case RestoreExportRequested requested -> waitedFor.equals(requested.operation());
            case RestoreExportOpened opened -> waitedFor.equals(opened.operation());
            case RestoreExportEndRequested requested -> waitedFor.equals(requested.operation());
            // The wish to end it goes by an operation of its own.
            case RestoreExportEnded _, RestoreExportFailed _ -> true;
            case BackupDeletionRequested requested -> waitedFor.equals(requested.operation());
            case BackupDeleted deleted -> waitedFor.equals(deleted.operation());
            case RetentionChanged changed -> waitedFor.equals(changed.operation());
            case BackupProtected kept -> waitedFor.equals(kept.operation());
            case BackupUnprotected kept -> waitedFor.equals(kept.operation());
            case BackupMergeRequested requested -> waitedFor.equals(requested.operation());
            case BackupMerged merged -> waitedFor.equals(merged.operation());
            case BackupMergeFailed failed -> waitedFor.equals(failed.operation());
            case BackupDeletionFailed failed -> waitedFor.equals(failed.operation());
        };
    }

    private void lookAroundUntilClosed() {
        try {
            while (!closed) {
                Thread.sleep(FALLBACK);
                lookAround();
            }
        } catch (InterruptedException stopping) {
            LOG.debug("nobody waits for operations any more");
        }
    }

    private void lookAround() {
        Set<OperationId> waitedFor =
                waiters.stream().map(waiter -> waiter.operation).collect(Collectors.toUnmodifiableSet());
        if (waitedFor.isEmpty()) {
            return;
        }
        try {
            Set<OperationId> over = ended.apply(waitedFor);
            for (Waiter waiter : waiters) {
                if (over.contains(waiter.operation)) {
                    waiter.signal.countDown();
                }
            }
        } catch (RuntimeException failure) {
            // An exception would end the rounds. The next one asks again, and every waiter has its own limit.
            LOG.warn("could not ask for ended operations: {}", failure.toString());
        }
    }
}
