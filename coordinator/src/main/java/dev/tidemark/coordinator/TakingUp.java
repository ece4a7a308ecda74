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
 * Takes up the registered machines at a coordinator's start, as their logs tell them: a page of them with two questions to the database,
 * and several pages at a time. Nobody is answered before all are there.
 */
final class TakingUp {
    private static final int PAGE_LENGTH = 100;

    /** More than processors, for each waits for the database now and then; less than connections, for what starts beside this needs some. */
    private static final int HANDS = 4;

    private TakingUp() {}

    static void all(
            Collection<MachineId> machines,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            Dispatch dispatch) {
        List<String> ids = machines.stream().map(MachineId::value).toList();
        try (ExecutorService hands = Executors.newFixedThreadPool(
                HANDS, Thread.ofPlatform().name("taking-up-", 0).factory())) {
            List<Future<?>> taken = new ArrayList<>();
            for (int begin = 0; begin < ids.size(); begin += PAGE_LENGTH) {
                List<String> page = ids.subList(begin, Math.min(ids.size(), begin + PAGE_LENGTH));
                taken.add(hands.submit(
                        () -> ledger.states(page).values().forEach(replayed -> dispatch.track(replayed.state()))));
            }
            await(taken);
        }
    }

    private static void await(List<Future<?>> taken) {
        try {
            for (Future<?> page : taken) {
                page.get();
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
