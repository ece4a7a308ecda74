package dev.tidemark.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class OperationSignalsTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FA0");
    private static final MachineId OTHER = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FB0");
    private static final OperationId OPERATION = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FA1");
    private static final OperationId ABORT = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FA2");
    private static final CheckpointId CHECKPOINT = new CheckpointId("01ARZ3NDEKTSV4RRFFQ69G5FA3");
    private static final BackupId BACKUP = new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FA4");
    private static final Instant NOW = Instant.EPOCH;

    @Test
    void the_operations_own_event_wakes() throws InterruptedException {
        assertThat(wakes(OPERATION, new CheckpointDeleted(MACHINE, OPERATION, CHECKPOINT, NOW)))
                .isTrue();
    }

    @Test
    void another_operations_event_does_not() throws InterruptedException {
        assertThat(wakes(ABORT, new CheckpointDeleted(MACHINE, OPERATION, CHECKPOINT, NOW)))
                .isFalse();
    }

    @Test
    void a_backups_end_wakes_whoever_wants_to_abort_it() throws InterruptedException {
        assertThat(wakes(ABORT, new BackupAborted(MACHINE, OPERATION, BACKUP, NOW)))
                .isTrue();
    }

    @Test
    void a_removal_wakes_all_of_the_machine_and_nobody_else() throws InterruptedException {
        assertThat(wakes(ABORT, new MachineRemoved(MACHINE, OPERATION, NOW))).isTrue();
        assertThat(wakes(ABORT, new MachineRemoved(OTHER, OPERATION, NOW))).isFalse();
    }

    @Test
    void the_first_look_wakes_the_registration() throws InterruptedException {
        MachineObserved seen = new MachineObserved(
                MACHINE, new QemuFacts("10.2.0", OptionalLong.empty(), OptionalLong.empty()), List.of(), NOW);
        assertThat(wakes(new OperationId(MACHINE.value()), seen)).isTrue();
        assertThat(wakes(OPERATION, seen)).isFalse();
    }

    @Test
    void what_was_heard_of_another_coordinator_wakes_all_of_the_machine_without_asking() throws InterruptedException {
        try (OperationSignals signals = new OperationSignals(asked -> Set.of());
                OperationSignals.Waiter own = signals.waiter(OPERATION, MACHINE);
                OperationSignals.Waiter other = signals.waiter(OPERATION, OTHER)) {
            signals.changedElsewhere(MACHINE);
            assertThat(wokenWithin(own, Duration.ofSeconds(10))).isTrue();
            assertThat(wokenWithin(other, Duration.ofMillis(50))).isFalse();
        }
    }

    @Test
    void what_another_coordinator_ended_is_found_by_asking() throws InterruptedException {
        Set<OperationId> ended = ConcurrentHashMap.newKeySet();
        try (OperationSignals signals = new OperationSignals(asked -> Set.copyOf(ended));
                OperationSignals.Waiter waiter = signals.waiter(OPERATION, MACHINE)) {
            ended.add(OPERATION);
            assertThat(wokenWithin(waiter, Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void a_database_that_fails_does_not_end_the_asking() throws InterruptedException {
        int[] asked = new int[1];
        try (OperationSignals signals = new OperationSignals(operations -> {
                    if (asked[0]++ == 0) {
                        throw new IllegalStateException("down");
                    }
                    return operations;
                });
                OperationSignals.Waiter waiter = signals.waiter(OPERATION, MACHINE)) {
            assertThat(wokenWithin(waiter, Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void nobody_waits_for_a_coordinator_that_stops() throws InterruptedException {
        OperationSignals signals = new OperationSignals(asked -> Set.of());
        try (OperationSignals.Waiter waiter = signals.waiter(OPERATION, MACHINE)) {
            signals.close();
            assertThat(wokenWithin(waiter, Duration.ofSeconds(10))).isTrue();
        }
        try (OperationSignals.Waiter late = signals.waiter(OPERATION, MACHINE)) {
            assertThat(wokenWithin(late, Duration.ofSeconds(10))).isTrue();
        }
    }

    private static boolean wakes(OperationId waitedFor, MachineEvent event) throws InterruptedException {
        try (OperationSignals signals = new OperationSignals(asked -> Set.of());
                OperationSignals.Waiter waiter = signals.waiter(waitedFor, MACHINE)) {
            signals.committed(List.of(event));
            return wokenWithin(waiter, Duration.ofMillis(50));
        }
    }

    private static boolean wokenWithin(OperationSignals.Waiter waiter, Duration limit) throws InterruptedException {
        long before = System.nanoTime();
        waiter.await(limit);
        return System.nanoTime() - before < limit.toNanos();
    }
}
