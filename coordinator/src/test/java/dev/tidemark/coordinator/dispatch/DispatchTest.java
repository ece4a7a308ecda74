package dev.tidemark.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DriftAction;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DispatchTest {
    private static final MachineId MACHINE = new MachineId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final OperationId OPERATION = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FAW");
    private static final HostName HOST = new HostName("here");
    private static final Instant AT = Instant.EPOCH;

    /** A log that may move without a word to anybody. */
    private static final class Log implements History {
        private Machine machine = Machine.unknown(MACHINE);
        private final List<Report> recorded = new ArrayList<>();
        private boolean down;

        void append(MachineEvent event) {
            machine = machine.evolve(event);
        }

        @Override
        public Machine machine(MachineId id) {
            if (down) {
                throw new IllegalStateException("the database is down");
            }
            return machine;
        }

        @Override
        public Map<MachineId, Long> versions() {
            return Map.of(MACHINE, machine(MACHINE).version());
        }

        @Override
        public OptionalLong record(Report report, Optional<HostName> host) {
            recorded.add(report);
            return machine.registered() ? OptionalLong.of(machine.version()) : OptionalLong.empty();
        }
    }

    private final Log log = new Log();
    private final Dispatch dispatch = new Dispatch(log, "epoch");

    DispatchTest() {
        log.append(new MachineRegistered(MACHINE, new MachineName("vm"), HOST, "/run/vm.qmp", Optional.empty(), AT));
        dispatch.track(log.machine);
    }

    @Test
    void whoever_listens_is_told_of_what_another_coordinator_committed_and_of_that_alone() {
        List<MachineId> heard = new ArrayList<>();
        dispatch.onHeard(heard::add);
        MachineEvent event =
                new MachineRegistered(MACHINE, new MachineName("vm"), HOST, "/run/other.qmp", Optional.empty(), AT);
        log.append(event);
        dispatch.committed(MACHINE, log.machine.version(), List.of(event));
        dispatch.heard(MACHINE, log.machine.version());
        assertThat(heard).as("its own").isEmpty();

        log.append(event);
        dispatch.heard(MACHINE, log.machine.version());
        dispatch.heard(MACHINE, log.machine.version());

        assertThat(heard).containsExactly(MACHINE);
    }

    @Test
    void a_commit_that_nobody_told_reaches_the_gateway_with_its_next_report() throws LinkException {
        log.append(drift("one"));
        log.append(drift("two"));
        Optional<Desired> answer = dispatch.report(report());
        assertThat(answer.map(Desired::version)).contains(3L);
        assertThat(dispatch.machine(MACHINE).version()).isEqualTo(3);
    }

    /** The answer to a commit was lost, and the client's repeat of the command appends nothing. */
    @Test
    void a_commit_that_nobody_told_reaches_a_gateway_that_has_nothing_to_report() throws Exception {
        String cursor = dispatch.await(HOST, "", Duration.ZERO).cursor();
        log.append(drift("one"));
        dispatch.catchUp();
        assertThat(dispatch.await(HOST, cursor, Duration.ZERO).changed())
                .extracting(Desired::version)
                .containsExactly(2L);
    }

    @Test
    void nothing_is_taken_up_when_nothing_was_missed() throws Exception {
        String cursor = dispatch.await(HOST, "", Duration.ZERO).cursor();
        dispatch.catchUp();
        assertThat(dispatch.await(HOST, cursor, Duration.ZERO).changed()).isEmpty();
    }

    @Test
    void words_of_two_commits_may_come_in_the_wrong_order() {
        MachineEvent one = drift("one");
        MachineEvent two = drift("two");
        log.append(one);
        log.append(two);
        dispatch.committed(MACHINE, 3, List.of(two));
        dispatch.committed(MACHINE, 2, List.of(one));
        assertThat(dispatch.machine(MACHINE)).isEqualTo(log.machine);
    }

    @Test
    void a_log_that_cannot_be_read_is_the_link_s_trouble_and_not_the_gateway_s() {
        log.append(drift("one"));
        log.down = true;
        assertThatThrownBy(() -> dispatch.report(report())).isInstanceOf(LinkException.class);
    }

    @Test
    void a_look_is_wanted_until_it_comes_even_if_the_word_of_it_gets_lost() throws Exception {
        // Nothing is known of what was seen before.
        assertThat(awaitLooks("")).containsExactly(MACHINE);
        assertThat(awaitLooks("")).containsExactly(MACHINE);
        dispatch.report(report());
        assertThat(awaitLooks("")).isEmpty();
        CompletableFuture<Look> look = dispatch.look(MACHINE, false);
        assertThat(awaitLooks("")).containsExactly(MACHINE);
        assertThat(awaitLooks("")).containsExactly(MACHINE);
        dispatch.report(report());
        assertThat(look).isDone();
    }

    @Test
    void a_machine_whose_gateway_is_gone_is_as_unknown_as_one_that_nobody_has_seen() throws Exception {
        // given
        dispatch.await(HOST, "", Duration.ZERO);
        dispatch.report(new Report(MACHINE, 1, seen(), List.of()));
        assertThat(dispatch.sighting(MACHINE).state()).isEqualTo(Sighting.State.UP);
        // when
        dispatch.passOver(Duration.ZERO);
        // then
        assertThat(dispatch.sighting(MACHINE).state()).isEqualTo(Sighting.State.UNKNOWN);
        assertThat(dispatch.sighting(MACHINE).sight()).isInstanceOfSatisfying(Sight.Unreachable.class, unreachable -> {
            assertThat(unreachable.detail()).startsWith("gateway of host 'here' silent since ");
            assertThat(unreachable.processGone()).isFalse();
        });
        assertThat(dispatch.standing().machines())
                .extracting(one -> one.sighting().state())
                .containsExactly(Sighting.State.UNKNOWN);
        assertThat(dispatch.standing().gateways()).containsOnlyKeys(HOST);
        // and once it asks again, what it saw counts again
        dispatch.await(HOST, "", Duration.ZERO);
        assertThat(dispatch.sighting(MACHINE).state()).isEqualTo(Sighting.State.UP);
    }

    @Test
    void a_rehearsal_for_which_nobody_waits_any_more_takes_no_report_from_the_log() throws Exception {
        assertThat(Dispatch.within(dispatch.look(MACHINE, true), Duration.ofMillis(1)))
                .isEmpty();
        dispatch.report(report());
        assertThat(log.recorded).hasSize(1);
    }

    @Test
    void an_outcome_is_recorded_even_if_somebody_rehearses() throws LinkException {
        CompletableFuture<Look> rehearsal = dispatch.look(MACHINE, true);
        Report told = new Report(
                MACHINE,
                1,
                seen(),
                List.of(new OperationResult(OPERATION, new Outcome.Refused(FailureCode.JOB_FAILED, "no"))));
        dispatch.report(told);
        assertThat(log.recorded).containsExactly(told);
        assertThat(rehearsal).isNotDone();
        dispatch.report(report());
        assertThat(rehearsal).isDone();
        assertThat(log.recorded).containsExactly(told);
    }

    @Test
    void progress_that_a_gateway_tells_whose_lease_is_over_is_not_heard() {
        Progress late = new Progress(MACHINE, OPERATION, "COPY", 1, 10);
        // given
        dispatch.progress(late.under(1));
        assertThat(dispatch.progress(OPERATION))
                .hasValueSatisfying(step -> assertThat(step.bytesDone()).isEqualTo(1));
        // when
        dispatch.leased(HOST, 2);
        dispatch.progress(new Progress(MACHINE, OPERATION, "COPY", 5, 10).under(2));
        dispatch.progress(new Progress(MACHINE, OPERATION, "COPY", 9, 10).under(1));
        dispatch.progress(new Progress(MACHINE, OPERATION, "COPY", 9, 10));
        // then
        assertThat(dispatch.progress(OPERATION))
                .hasValueSatisfying(step -> assertThat(step.bytesDone()).isEqualTo(5));
        // and nobody goes back
        dispatch.leased(HOST, 1);
        dispatch.progress(late.under(1));
        assertThat(dispatch.progress(OPERATION))
                .hasValueSatisfying(step -> assertThat(step.bytesDone()).isEqualTo(5));
    }

    private List<MachineId> awaitLooks(String cursor) throws LinkException, InterruptedException {
        return dispatch.await(HOST, cursor, Duration.ZERO).lookAt();
    }

    private static MachineEvent drift(String subject) {
        return new DriftFound(
                MACHINE, DriftKind.LEFTOVER_NODE, Optional.empty(), subject, "left", DriftAction.REMOVED, AT);
    }

    private static Report report() {
        return new Report(MACHINE, 1, seen(), List.of());
    }

    private static Sight seen() {
        return new Sight.Observed(
                new QemuFacts("7.2.22", OptionalLong.empty(), OptionalLong.empty()),
                "running",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
