package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.qga.SocketGuestAgent;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the coordinator was told, and what only reached it. */
class ReporterTest {
    private static final MachineId MACHINE = new MachineId(Operations.ulid());
    private static final HostName HOST = new HostName("here");
    private static final Look LOOK = look(List.of());

    private static Look look(List<ObservedDisk> disks) {
        return new Look(new Sight.Observed(
                new QemuFacts("7.2", OptionalLong.of(1), OptionalLong.of(2), Optional.of("a new run")),
                "running",
                disks,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
    }

    private static Look marked(long bytes) {
        return look(List.of(new ObservedDisk(
                new DiskFacts(new DiskName("vda"), "node", "qcow2", 1 << 20, "/vda.qcow2", 0, true),
                List.of(new ObservedBitmap(
                        Optional.of("tm-01KJMDEB80000000000000000A"), true, true, false, false, 65_536, bytes)))));
    }

    private final FakeCoordinator coordinator = new FakeCoordinator(MACHINE, HOST, "/run/vm.qmp");
    private final Desired held =
            new Desired(MACHINE, new MachineName("vm"), HOST, 1, "/run/vm.qmp", List.of(), Optional.empty(), List.of());
    private final StandingClock clockwork = new StandingClock();
    private final Signals signals = new Signals(held, clockwork);
    private final Reporter reporter = new Reporter(
            coordinator,
            CrashHook.NONE,
            signals,
            new Quiescence(
                    new SocketGuestAgent(Duration.ofSeconds(1), Duration.ofSeconds(1), PeerUsers.usual()),
                    clockwork,
                    CrashHook.NONE,
                    signals),
            clockwork);

    @Test
    void a_look_from_which_nothing_followed_is_no_news() throws LinkException {
        Desired answer = reporter.report(held, LOOK, List.of()).orElseThrow();
        assertThat(answer.version()).isEqualTo(held.version());
        assertThat(reporter.isNews(answer, LOOK, List.of())).isFalse();
    }

    /** A wish that came in between makes the coordinator pass over the look: it must be told again before the wish is acted on. */
    @Test
    void a_look_that_came_too_late_to_be_concluded_from_is_still_news() throws LinkException {
        coordinator.unwanted(new DiskName("vda"), new BitmapName("tm-" + Operations.ulid()));
        Desired answer = reporter.report(held, LOOK, List.of()).orElseThrow();
        assertThat(answer.version()).isNotEqualTo(held.version());
        assertThat(reporter.isNews(answer, LOOK, List.of())).isTrue();
        Desired again = reporter.report(answer, LOOK, List.of()).orElseThrow();
        assertThat(reporter.isNews(again, LOOK, List.of())).isFalse();
    }

    @Test
    void a_new_session_tells_everything_again() throws LinkException {
        Desired answer = reporter.report(held, LOOK, List.of()).orElseThrow();
        reporter.beginSession();
        assertThat(reporter.isNews(answer, LOOK, List.of())).isTrue();
    }

    @Test
    void how_much_is_marked_is_told_now_and_then_and_at_once_with_other_news() throws LinkException {
        Look first = marked(65_536);
        Desired known = reporter.report(held, first, List.of()).orElseThrow();
        Desired answer = reporter.report(known, first, List.of()).orElseThrow();
        Look later = marked(131_072);
        clockwork.move(Reporter.COUNTS_DISTANCE.minusNanos(1));
        assertThat(reporter.isNews(answer, later, List.of())).isFalse();
        clockwork.move(Duration.ofNanos(1));
        assertThat(reporter.isNews(answer, first, List.of()))
                .as("nothing was marked meanwhile")
                .isFalse();
        assertThat(reporter.isNews(answer, later, List.of())).isTrue();
        Desired again = reporter.report(answer, later, List.of()).orElseThrow();
        assertThat(reporter.isNews(again, marked(262_144), List.of())).isFalse();
    }
}
