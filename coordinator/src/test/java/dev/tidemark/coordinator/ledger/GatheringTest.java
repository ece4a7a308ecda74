package dev.tidemark.coordinator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Who comes alone waits for nobody; who comes together is done together; nobody fails because of somebody else. */
class GatheringTest {
    private static final String HOLD = "hold";
    private static final String POISON = "poison";
    private static final String FLOOD = "flood";
    private static final Gathering.Limits ONE_AT_ONCE = new Gathering.Limits(64, 1);

    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<List<String>> works = new CopyOnWriteArrayList<>();
    private final List<Thread> workers = new CopyOnWriteArrayList<>();

    private static final class Flood extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private List<String> work(List<String> things) {
        works.add(things);
        workers.add(Thread.currentThread());
        if (things.contains(HOLD)) {
            held.countDown();
            try {
                released.await();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }
        if (things.contains(FLOOD)) {
            throw new Flood();
        }
        if (things.contains(POISON)) {
            throw new IllegalArgumentException(POISON);
        }
        return things.stream().map(thing -> thing + "!").toList();
    }

    private Gathering<String, String> gathering(Gathering.Limits limits) {
        return new Gathering<>(this::work, Flood.class::isInstance, limits);
    }

    /** Things that come while work is under way, each in a thread of its own. */
    private record Arrival(Thread thread, FutureTask<String> outcome) {}

    private static Arrival arrive(Gathering<String, String> gathering, String thing) {
        FutureTask<String> outcome = new FutureTask<>(() -> gathering.join(thing));
        Thread thread = Thread.ofPlatform().name(thing).start(outcome);
        return new Arrival(thread, outcome);
    }

    private List<Arrival> whileHeld(Gathering<String, String> gathering, String... things) throws InterruptedException {
        List<Arrival> arrivals = new ArrayList<>();
        arrivals.add(arrive(gathering, HOLD));
        held.await();
        for (String thing : things) {
            Arrival arrival = arrive(gathering, thing);
            await().until(() -> arrival.thread().getState() == Thread.State.WAITING);
            arrivals.add(arrival);
        }
        return arrivals;
    }

    private static List<String> outcomes(List<Arrival> arrivals) throws InterruptedException {
        List<String> outcomes = new ArrayList<>();
        for (Arrival arrival : arrivals) {
            try {
                outcomes.add(arrival.outcome().get());
            } catch (ExecutionException failed) {
                outcomes.add(
                        Objects.requireNonNull(failed.getCause()).getClass().getSimpleName());
            }
        }
        return outcomes;
    }

    @Test
    void who_comes_alone_is_served_at_once_in_its_own_thread() {
        assertThat(gathering(ONE_AT_ONCE).join("a")).isEqualTo("a!");
        assertThat(workers).containsExactly(Thread.currentThread());
    }

    @Test
    void what_comes_meanwhile_is_done_together_in_the_order_of_its_coming() throws InterruptedException {
        List<Arrival> arrivals = whileHeld(gathering(ONE_AT_ONCE), "a", "b", "c");
        released.countDown();
        assertThat(outcomes(arrivals)).containsExactly("hold!", "a!", "b!", "c!");
        assertThat(works).containsExactly(List.of(HOLD), List.of("a", "b", "c"));
    }

    @Test
    void no_more_goes_together_than_may_and_nobody_is_forgotten() throws InterruptedException {
        List<Arrival> arrivals = whileHeld(gathering(new Gathering.Limits(2, 1)), "a", "b", "c", "d", "e");
        released.countDown();
        assertThat(outcomes(arrivals)).containsExactly("hold!", "a!", "b!", "c!", "d!", "e!");
        assertThat(works).containsExactly(List.of(HOLD), List.of("a", "b"), List.of("c", "d"), List.of("e"));
    }

    @Test
    void a_second_work_begins_beside_the_first_where_two_may() throws InterruptedException {
        Gathering<String, String> gathering = gathering(new Gathering.Limits(64, 2));
        List<Arrival> arrivals = new ArrayList<>(List.of(arrive(gathering, HOLD)));
        held.await();
        assertThat(gathering.join("a")).isEqualTo("a!");
        released.countDown();
        assertThat(outcomes(arrivals)).containsExactly("hold!");
    }

    @Test
    void what_fails_together_is_tried_one_by_one() throws InterruptedException {
        List<Arrival> arrivals = whileHeld(gathering(ONE_AT_ONCE), "a", POISON, "c");
        released.countDown();
        assertThat(outcomes(arrivals)).containsExactly("hold!", "a!", "IllegalArgumentException", "c!");
        assertThat(works).contains(List.of("a", POISON, "c"), List.of("a"), List.of(POISON), List.of("c"));
    }

    @Test
    void a_failure_of_one_alone_is_its_own_and_is_not_tried_again() {
        assertThatThrownBy(() -> gathering(ONE_AT_ONCE).join(POISON)).isInstanceOf(IllegalArgumentException.class);
        assertThat(works).containsExactly(List.of(POISON));
    }

    @Test
    void a_failure_of_all_is_told_to_all_without_another_try() throws InterruptedException {
        List<Arrival> arrivals = whileHeld(gathering(ONE_AT_ONCE), "a", FLOOD, "c");
        released.countDown();
        assertThat(outcomes(arrivals)).containsExactly("hold!", "Flood", "Flood", "Flood");
        assertThat(works).hasSize(2);
    }

    @Test
    void whoever_is_interrupted_while_waiting_learns_its_outcome_all_the_same() throws Exception {
        Gathering<String, String> gathering = gathering(ONE_AT_ONCE);
        List<Arrival> arrivals = whileHeld(gathering);
        FutureTask<Boolean> interrupted = new FutureTask<>(
                () -> gathering.join("a").equals("a!") && Thread.currentThread().isInterrupted());
        Thread waiter = Thread.ofPlatform().start(interrupted);
        await().until(() -> waiter.getState() == Thread.State.WAITING);
        waiter.interrupt();
        released.countDown();
        assertThat(outcomes(arrivals)).containsExactly("hold!");
        assertThat(interrupted.get()).isTrue();
    }
}
