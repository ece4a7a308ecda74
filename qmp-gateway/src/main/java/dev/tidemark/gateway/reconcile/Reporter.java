package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells the coordinator, and remembers what it was told in this session so that nothing is told twice for nothing. */
final class Reporter {
    /** How much is marked changes all the time and is for people: what is concluded from is told at once. */
    static final Duration COUNTS_DISTANCE = Duration.ofMinutes(5);

    private final CoordinatorLink link;
    private final CrashHook crash;
    private final Signals signals;
    private final Quiescence quiescence;
    private final Clockwork clockwork;
    private Sight.@Nullable Observed told;
    private List<ObservedDisk> counted = List.of();
    private long countedNanoseconds;
    private long settledVersion = -1;

    Reporter(CoordinatorLink link, CrashHook crash, Signals signals, Quiescence quiescence, Clockwork clockwork) {
        this.clockwork = clockwork;
        this.link = link;
        this.crash = crash;
        this.signals = signals;
        this.quiescence = quiescence;
    }

    /** A new session: who answers may be another QEMU, so that the first look is always told. */
    void beginSession() {
        told = null;
        settledVersion = -1;
    }

    /** Whether the coordinator has to hear of this look before anything is done. */
    boolean isNews(Desired desired, Look look, List<Difference> differences) {
        return quiescence.news().isPresent()
                || !look.fingerprint().equals(told)
                || areCountsDue(look)
                || (!differences.isEmpty() && desired.version() != settledVersion);
    }

    private boolean areCountsDue(Look look) {
        return clockwork.nanoTime() - countedNanoseconds >= COUNTS_DISTANCE.toNanos()
                && !look.observed().disks().equals(counted);
    }

    /** Reports; empty if the machine is no longer registered. */
    Optional<Desired> report(Desired desired, Look look, List<OperationResult> results) throws LinkException {
        return report(desired, look, results, quiescence.news());
    }

    /** Reports, and that the guest is going to be frozen for this operation. */
    Optional<Desired> announce(Desired desired, Look look, OperationId operation) throws LinkException {
        return report(desired, look, List.of(), Optional.of(new GuestReport.Freezing(operation)));
    }

    private Optional<Desired> report(
            Desired desired, Look look, List<OperationResult> results, Optional<GuestReport> guest)
            throws LinkException {
        Optional<Desired> answer =
                send(new Report(desired.machine(), desired.version(), look.observed(), results, guest));
        // An answer at the version that was held means that nothing followed from it, and nothing will. With any other
        // the coordinator may have come too far to conclude from this look at all: then nobody has heard of it, and an
        // operation that was asked for in between would be sent on evidence that was never judged.
        boolean settled = answer.map(Desired::version).orElse(-1L) == desired.version();
        told = settled ? look.fingerprint() : null;
        counted = look.observed().disks();
        countedNanoseconds = clockwork.nanoTime();
        settledVersion = settled ? desired.version() : -1;
        return answer;
    }

    Optional<Desired> send(Desired desired, Sight sight, List<OperationResult> results) throws LinkException {
        return send(new Report(desired.machine(), desired.version(), sight, results, quiescence.news()));
    }

    private Optional<Desired> send(Report report) throws LinkException {
        crash.at(CrashPoint.BEFORE_REPORT);
        Optional<Desired> answer = link.report(report);
        crash.at(CrashPoint.AFTER_REPORT);
        answer.ifPresent(signals::take);
        return answer;
    }
}
