package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.qga.GuestAgent;
import dev.tidemark.gateway.qga.GuestAgentFailure;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a guest is thawed that somebody before us may have frozen. */
class QuiescenceTest {
    private static final OperationId OPERATION = new OperationId("01KJMDEB80000000000000000A");
    private static final Desired DESIRED = new Desired(
            new MachineId("01KJMDEB80000000000000000M"),
            new MachineName("vm"),
            new HostName("here"),
            1,
            "/run/vm.qmp",
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.of("/run/vm.qga"),
            List.of(),
            Optional.of(OPERATION),
            Optional.empty(),
            Optional.empty());

    private final Agent agent = new Agent();
    private final StandingClock time = new StandingClock();
    private final Quiescence quiescence = new Quiescence(agent, time, CrashHook.NONE, new Signals(DESIRED, time));

    @Test
    void what_was_tried_in_vain_is_tried_again_after_some_time_and_not_at_every_look() {
        agent.answers = false;
        quiescence.thawOwed(DESIRED);
        assertThat(agent.thaws).isEqualTo(1);
        // when
        quiescence.thawOwed(DESIRED);
        assertThat(agent.thaws).isEqualTo(1);
        time.move(Duration.ofSeconds(5));
        quiescence.thawOwed(DESIRED);
        // then
        assertThat(agent.thaws).isEqualTo(2);
        assertThat(quiescence.news()).isEmpty();
    }

    /** The guest died frozen with its QEMU: the next one is there in a moment, and its guest must not stand for seconds. */
    @Test
    void what_was_tried_in_vain_is_tried_at_once_when_QEMU_answers_anew() {
        agent.answers = false;
        quiescence.thawOwed(DESIRED);
        // when
        agent.answers = true;
        quiescence.beginSession();
        quiescence.thawOwed(DESIRED);
        // then
        assertThat(agent.thaws).isEqualTo(2);
        assertThat(quiescence.news()).get().isInstanceOfSatisfying(GuestReport.Thawed.class, told -> {
            assertThat(told.operation()).isEqualTo(OPERATION);
            assertThat(told.moment()).isNotEqualTo(Moment.FROZEN);
        });
    }

    @Test
    void a_guest_of_which_the_log_says_nothing_is_left_alone() {
        Desired unfrozen = new Desired(
                DESIRED.machine(),
                DESIRED.name(),
                DESIRED.host(),
                1,
                DESIRED.qmpSocket(),
                List.of(),
                Optional.empty(),
                List.of(),
                DESIRED.qgaSocket(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        quiescence.thawOwed(unfrozen);
        quiescence.beginSession();
        quiescence.thawOwed(unfrozen);
        assertThat(agent.thaws).isZero();
    }

    private static final class Agent implements GuestAgent {
        private boolean answers = true;
        private int thaws;

        @Override
        public FileSystems fileSystems(Path socket) {
            return FileSystems.FROZEN;
        }

        @Override
        public int freeze(Path socket) {
            return 1;
        }

        @Override
        public Thaw thaw(Path socket) throws GuestAgentFailure {
            return thawIfFrozen(socket);
        }

        @Override
        public Thaw thawIfFrozen(Path socket) throws GuestAgentFailure {
            thaws++;
            if (!answers) {
                throw new GuestAgentFailure("nobody listens");
            }
            return new Thaw(1, Optional.empty());
        }
    }
}
