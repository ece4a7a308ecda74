package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Takes up the registered machines at a coordinator's start, as their logs tell them, several at a time: each costs two questions to the
 * database, and nobody is answered before all are there.
 */
final class TakingUp {
    /** Half of the pool of connections: what starts beside this needs some as well. */
    private static final int HANDS = 8;

    private TakingUp() {}

    static void all(
            Collection<MachineId> machines,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            Dispatch dispatch) {
        try (ExecutorService hands = Executors.newFixedThreadPool(
                HANDS, Thread.ofPlatform().name("taking-up-", 0).factory())) {
            List<Future<?>> taken = new ArrayList<>();
            for (MachineId machine : machines) {
                taken.add(hands.submit(
                        () -> dispatch.track(ledger.state(machine.value()).state())));
            }
            await(taken);
        }
    }

    private static void await(List<Future<?>> taken) {
        try {
            for (Future<?> machine : taken) {
                machine.get();
            }
        } catch (ExecutionException failed) {
            taken.forEach(other -> other.cancel(false));
            throw failed.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failed);
        } catch (InterruptedException stopping) {
            taken.forEach(other -> other.cancel(false));
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while machines were taken up", stopping);
        }
    }
}
