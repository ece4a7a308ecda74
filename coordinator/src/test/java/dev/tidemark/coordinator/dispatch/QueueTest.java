package dev.tidemark.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.CoordinatorLink.Wake;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a gateway hears of jobs that have to wait: nothing until it is their turn, and then at once. */
class QueueTest {
    private static final HostName HOST = new HostName("a");

    private final Crowd crowd = new Crowd();
    private final MachineId first = crowd.machine("a");
    private final MachineId second = crowd.machine("a");
    private final OperationId running = crowd.backup(first, "near");
    private final OperationId queued = crowd.backup(second, "near");
    private final Dispatch dispatch = started(new JobLimits(1, 8));

    private Dispatch started(JobLimits limits) {
        Dispatch dispatch =
                new Dispatch(crowd, "epoch", CrashHook.NONE, limits, Places.UNSHARED, Leases.NONE, DispatchWatch.NONE);
        crowd.all().forEach(dispatch::track);
        return dispatch;
    }

    @Test
    void a_job_that_waits_is_kept_from_its_gateway_in_wakes_and_in_answers() throws Exception {
        Wake wake = dispatch.await(HOST, "", Duration.ZERO);
        assertThat(desired(wake, first).operation()).isPresent();
        assertThat(desired(wake, second).operation()).isEmpty();
        assertThat(answer(second).operation()).isEmpty();
        assertThat(dispatch.waiting(queued).orElseThrow().jobs()).containsExactly(running);
        assertThat(dispatch.waiting(running)).isEmpty();
    }

    @Test
    void sabotaged_without_limits_both_are_told() throws Exception {
        Wake wake = started(JobLimits.NONE).await(HOST, "", Duration.ZERO);
        assertThat(desired(wake, first).operation()).isPresent();
        assertThat(desired(wake, second).operation()).isPresent();
    }

    @Test
    void its_gateway_is_woken_when_its_turn_comes_although_its_own_log_stands_still() throws Exception {
        Wake before = dispatch.await(HOST, "", Duration.ZERO);
        crowd.ended(first, running);
        dispatch.track(crowd.now(first));
        Wake wake = dispatch.await(HOST, before.cursor(), Duration.ZERO);
        Desired turn = desired(wake, second);
        assertThat(turn.operation()).isPresent();
        assertThat(turn.version()).isEqualTo(desired(before, second).version());
        assertThat(turn.asksForMoreThan(desired(before, second))).isTrue();
        assertThat(answer(second).operation()).isPresent();
    }

    @Test
    void a_gateway_that_asks_no_more_keeps_the_others_waiting_no_more_and_finds_its_place_again() throws Exception {
        HostName other = new HostName("b");
        MachineId third = crowd.machine("b");
        OperationId waiting = crowd.backup(third, "near");
        Dispatch fleet = started(new JobLimits(1, 1));
        fleet.await(HOST, "", Duration.ZERO);
        Wake before = fleet.await(other, "", Duration.ZERO);
        assertThat(desired(before, third).operation()).isEmpty();
        // when: nobody is heard of, and then only the other one
        fleet.passOver(Duration.ofHours(1));
        assertThat(fleet.waiting(waiting)).isPresent();
        fleet.passOver(Duration.ZERO);
        Wake wake = fleet.await(other, before.cursor(), Duration.ZERO);
        assertThat(desired(wake, third).operation()).isPresent();
        // then
        fleet.await(HOST, "", Duration.ZERO);
        assertThat(fleet.waiting(running)).isEmpty();
        assertThat(fleet.waiting(queued)).isPresent();
        assertThat(fleet.waiting(waiting)).isEmpty();
    }

    private Desired answer(MachineId machine) throws Exception {
        return dispatch.report(new Report(
                        machine, crowd.now(machine).version(), new Sight.Unreachable("off", false, 1), List.of()))
                .orElseThrow();
    }

    private static Desired desired(Wake wake, MachineId machine) {
        return wake.changed().stream()
                .filter(desired -> desired.machine().equals(machine))
                .findFirst()
                .orElseThrow();
    }
}
