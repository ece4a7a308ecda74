package dev.tidemark.coordinator;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.MachineId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes up the registered machines at a coordinator's start, as their logs tell them: a page of them with two questions to the database,
 * and several pages at a time. Before all are there nothing acts on any of them, and nobody is told more than how far it is.
 */
final class TakingUp {
    /** More than processors, for each waits for the database now and then; less than connections, for what starts beside this needs some. */
    private static final int HANDS = 4;

    /** Until there is something to reckon with. */
    private static final int SECONDS_AT_FIRST = 2;

    private static final int SECONDS_MAX = 30;
    private static final double NANOSECONDS_PER_SECOND = 1e9;

    private final List<String> machines;
    private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    private final Dispatch dispatch;
    private final Course course;
    private final AtomicInteger taken = new AtomicInteger();
    private final long begunNanoseconds = System.nanoTime();

    /**
     * How they are taken up.
     *
     * @param pageLength so many with one question
     * @param witness is told of it
     */
    record Course(int pageLength, Witness witness) {
        static final Course USUAL = new Course(100, new Witness() {});
    }

    /** Sees a start from within, and may hold it. */
    interface Witness {
        /** Requests come in here by now. */
        default void listening(URI url) {}

        /** The next page is to be read; several threads say so. */
        default void beforePage() {}
    }

    TakingUp(
            Collection<MachineId> machines,
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            Dispatch dispatch,
            Course course) {
        this.machines = machines.stream().map(MachineId::value).toList();
        this.ledger = ledger;
        this.dispatch = dispatch;
        this.course = course;
    }

    /** How far it is. */
    Readiness.Start progress() {
        int now = taken.get();
        return new Readiness.Start(
                String.format(Locale.ROOT, "taking up machines: %,d of %,d", now, machines.size()),
                secondsLeft(now, machines.size(), (System.nanoTime() - begunNanoseconds) / NANOSECONDS_PER_SECOND));
    }

    /** If it goes on as it went; at least one. */
    static int secondsLeft(int taken, int all, double seconds) {
        return taken == 0
                ? SECONDS_AT_FIRST
                : (int) Math.clamp(Math.ceil(seconds / taken * (all - taken)), 1, SECONDS_MAX);
    }

    void all() {
        try (ExecutorService hands = Executors.newFixedThreadPool(
                HANDS, Thread.ofPlatform().name("taking-up-", 0).factory())) {
            List<Future<?>> pages = new ArrayList<>();
            for (int begin = 0; begin < machines.size(); begin += course.pageLength()) {
                List<String> page = machines.subList(begin, Math.min(machines.size(), begin + course.pageLength()));
                pages.add(hands.submit(() -> takeUp(page)));
            }
            await(pages);
        }
    }

    private void takeUp(List<String> page) {
        course.witness().beforePage();
        ledger.states(page).values().forEach(replayed -> dispatch.track(replayed.state()));
        taken.addAndGet(page.size());
    }

    private static void await(List<Future<?>> pages) {
        try {
            for (Future<?> page : pages) {
                page.get();
            }
        } catch (ExecutionException failed) {
            pages.forEach(other -> other.cancel(false));
            throw failed.getCause() instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failed);
        } catch (InterruptedException stopping) {
            pages.forEach(other -> other.cancel(false));
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while machines were taken up", stopping);
        }
    }
}
