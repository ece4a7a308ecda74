package dev.tidemark.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.CoordinatorLink.Wake;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Two coordinators that count places together and hear of each other's commits late. */
class SharedPlacesTest {
    private static final HostName HERE = new HostName("here");
    private static final HostName THERE = new HostName("there");

    private final Crowd crowd = new Crowd();
    private final Counter counter = new Counter();
    private final MachineId one = crowd.machine("here");
    private final MachineId other = crowd.machine("there");
    private final MachineId another = crowd.machine("here");

    /** One place in each repository, the job's until its machine's log says that it has ended. */
    private final class Counter implements Places {
        private final Map<OperationId, Wish> places = new LinkedHashMap<>();
        private int asked;
        private boolean down;

        @Override
        public Answer take(HostName host, JobLimits limits, List<Wish> wishes) {
            if (down) {
                throw new IllegalStateException("the database is down");
            }
            asked++;
            Set<OperationId> placed = new TreeSet<>();
            List<Refusal> refusals = new ArrayList<>();
            for (Wish wish : wishes) {
                List<Holder> holders = places.values().stream()
                        .filter(place -> place.repository().equals(wish.repository()) && isOpen(place))
                        .map(place -> new Holder(
                                place.operation(),
                                place.machine(),
                                crowd.now(place.machine()).version(),
                                place.description()))
                        .toList();
                boolean free = holders.size() < limits.perRepository();
                if (wish.standing() == Standing.AT_WORK || (wish.standing() == Standing.COULD_BEGIN && free)) {
                    places.put(wish.operation(), wish);
                }
                if (places.containsKey(wish.operation())) {
                    placed.add(wish.operation());
                } else if (wish.standing() == Standing.COULD_BEGIN) {
                    refusals.add(new Refusal(wish.operation(), false, holders));
                }
            }
            return new Answer(placed, refusals);
        }

        private boolean isOpen(Wish place) {
            return Job.of(crowd.now(place.machine())).stream()
                    .anyMatch(job -> job.operation().equals(place.operation()));
        }
    }

    private Dispatch coordinator(Places places) {
        return new Dispatch(
                crowd, "epoch", CrashHook.NONE, new JobLimits(4, 1), places, Leases.NONE, DispatchWatch.NONE);
    }

    private void know(Dispatch dispatch, MachineId... machines) {
        for (MachineId machine : machines) {
            dispatch.track(crowd.now(machine));
        }
    }

    private static List<OperationId> told(Wake wake) {
        return wake.changed().stream()
                .flatMap(desired -> desired.operation().stream())
                .map(operation -> operation.id())
                .toList();
    }

    @Test
    void of_two_jobs_of_which_each_is_known_to_one_coordinator_only_one_begins_and_the_other_when_it_has_ended()
            throws Exception {
        // given
        Dispatch a = coordinator(counter);
        Dispatch b = coordinator(counter);
        OperationId first = crowd.backup(one, "near");
        know(a, one, another);
        OperationId second = crowd.backup(other, "near");
        know(b, other);
        // when
        assertThat(told(b.await(THERE, "", Duration.ZERO))).containsExactly(second);
        Wake before = a.await(HERE, "", Duration.ZERO);
        // then
        assertThat(told(before)).isEmpty();
        assertThat(a.waiting(first)).hasValueSatisfying(why -> {
            assertThat(why.reason()).startsWith("repository 'near' has 1 at a time: backup ");
            assertThat(why.jobs()).containsExactly(second);
        });
        // and nothing is asked in vain
        int asked = counter.asked;
        a.await(HERE, before.cursor(), Duration.ZERO);
        assertThat(counter.asked).isEqualTo(asked);
        // and nobody behind it goes first
        OperationId late = crowd.backup(another, "near");
        know(a, another);
        crowd.ended(other, second);
        assertThat(told(a.await(HERE, before.cursor(), Duration.ZERO))).isEmpty();
        // and when the end is heard of, by a coordinator that has never heard of the job
        a.heard(other, crowd.now(other).version());
        assertThat(told(a.await(HERE, before.cursor(), Duration.ZERO))).containsExactly(first);
        assertThat(a.waiting(late)).isPresent();
    }

    @Test
    void sabotaged_each_that_counts_for_itself_lets_both_begin() throws Exception {
        Dispatch a = coordinator(Places.UNSHARED);
        Dispatch b = coordinator(Places.UNSHARED);
        OperationId first = crowd.backup(one, "near");
        know(a, one);
        OperationId second = crowd.backup(other, "near");
        know(b, other);

        assertThat(told(a.await(HERE, "", Duration.ZERO))).containsExactly(first);
        assertThat(told(b.await(THERE, "", Duration.ZERO))).containsExactly(second);
    }

    @Test
    void what_a_gateway_was_asked_for_by_a_coordinator_that_died_is_not_taken_back_by_the_next_one() throws Exception {
        OperationId first = crowd.backup(one, "near");
        OperationId second = crowd.backup(other, "near");
        Dispatch dead = coordinator(counter);
        know(dead, other);
        assertThat(told(dead.await(THERE, "", Duration.ZERO))).containsExactly(second);

        Dispatch next = coordinator(counter);
        know(next, one, other);

        assertThat(told(next.await(THERE, "", Duration.ZERO))).containsExactly(second);
        assertThat(told(next.await(HERE, "", Duration.ZERO))).isEmpty();
        assertThat(next.waiting(first).orElseThrow().jobs()).containsExactly(second);
    }

    @Test
    void what_was_refused_asks_again_after_a_while_although_nothing_was_heard() throws Exception {
        Dispatch a = coordinator(counter);
        OperationId first = crowd.backup(one, "near");
        OperationId second = crowd.backup(other, "near");
        know(coordinatorThatHandsOut(second), other);
        know(a, one);
        Wake before = a.await(HERE, "", Duration.ZERO);
        assertThat(told(before)).isEmpty();

        // Its host is passed over: nothing in the log tells of that.
        counter.places.clear();
        a.catchUp();

        assertThat(told(a.await(HERE, before.cursor(), Duration.ZERO))).containsExactly(first);
    }

    private Dispatch coordinatorThatHandsOut(OperationId operation) throws Exception {
        Dispatch b = coordinator(counter);
        know(b, other);
        assertThat(told(b.await(THERE, "", Duration.ZERO))).containsExactly(operation);
        return b;
    }

    @Test
    void a_holder_that_was_heard_to_go_on_while_it_was_counted_is_counted_again() throws Exception {
        OperationId second = crowd.backup(other, "near");
        coordinatorThatHandsOut(second);
        OperationId first = crowd.backup(one, "near");
        Machine before = crowd.now(other);
        Dispatch[] racing = new Dispatch[1];
        racing[0] = coordinator((host, limits, wishes) -> {
            Places.Answer answer = counter.take(host, limits, wishes);
            if (crowd.now(other).version() == before.version()) {
                crowd.ended(other, second);
                racing[0].heard(other, crowd.now(other).version());
            }
            return answer;
        });
        know(racing[0], one);

        assertThat(told(racing[0].await(HERE, "", Duration.ZERO))).containsExactly(first);
    }

    @Test
    void the_answer_to_a_report_asks_for_no_more_than_there_is_room_for() throws Exception {
        Dispatch a = coordinator(counter);
        OperationId second = crowd.backup(other, "near");
        coordinatorThatHandsOut(second);
        crowd.backup(one, "near");
        know(a, one);

        assertThat(a.report(report()).orElseThrow().operation()).isEmpty();
        crowd.ended(other, second);
        a.heard(other, crowd.now(other).version());
        assertThat(a.report(report()).orElseThrow().operation()).isPresent();
    }

    @Test
    void nothing_is_handed_out_that_cannot_be_counted_and_the_gateway_asks_again() throws Exception {
        Dispatch a = coordinator(counter);
        OperationId first = crowd.backup(one, "near");
        know(a, one);
        counter.down = true;
        assertThatThrownBy(() -> a.await(HERE, "", Duration.ZERO)).isInstanceOf(LinkException.class);
        assertThatThrownBy(() -> a.report(report())).isInstanceOf(LinkException.class);
        counter.down = false;

        assertThat(told(a.await(HERE, "", Duration.ZERO))).containsExactly(first);
    }

    @Test
    void without_limits_nothing_is_counted() throws Exception {
        Dispatch a =
                new Dispatch(crowd, "epoch", CrashHook.NONE, JobLimits.NONE, counter, Leases.NONE, DispatchWatch.NONE);
        OperationId first = crowd.backup(one, "near");
        know(a, one);

        assertThat(told(a.await(HERE, "", Duration.ZERO))).containsExactly(first);
        assertThat(counter.asked).isZero();
    }

    private Report report() {
        return new Report(one, crowd.now(one).version(), new Sight.Unreachable("off", false, 1), List.of());
    }
}
