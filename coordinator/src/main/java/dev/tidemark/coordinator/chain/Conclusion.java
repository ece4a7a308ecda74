package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What follows from a report: from what was seen, not from what QEMU answered. The same path serves the first try, the
 * retry, the restart and the periodic look; told twice, a report leads to nothing the second time.
 *
 * <p>An observation made for another version of the log is not concluded from, because the effect of an operation that was
 * decided since could look like damage. The gateway gets the newer desired state and looks again.
 */
public final class Conclusion {
    /** QEMU's words for a guest that is on its way to, or has gone to, another process ({@code qemu-facts.md} §10). */
    private static final Set<String> MIGRATING = Set.of("postmigrate", "inmigrate", "finish-migrate");

    private Conclusion() {}

    /** The events that a report leads to. */
    public static List<MachineEvent> of(Machine machine, Report report, Instant at) {
        Unfolding unfolding = new Unfolding(machine);
        report.guest().ifPresent(guest -> GuestConclusion.conclude(unfolding, guest, at));
        ErrandConclusion.conclude(unfolding, report.results(), at);
        Optional<Outcome> outcome = machine.pending().flatMap(pending -> outcomeOf(pending, report));
        PendingConclusion pending = new PendingConclusion(unfolding, at);
        switch (report.sight()) {
            case Sight.NotTaken() -> outcome.ifPresent(pending::concludeUnseen);
            case Sight.Unreachable unreachable -> {
                outcome.ifPresent(pending::concludeUnseen);
                pending.concludeUnreachable(unreachable);
            }
            case Sight.Observed seen -> {
                if (report.version() == machine.version()) {
                    observed(unfolding, seen, pending, outcome, at);
                }
            }
        }
        return unfolding.events();
    }

    private static Optional<Outcome> outcomeOf(Pending pending, Report report) {
        for (OperationResult result : report.results()) {
            if (result.operation().equals(pending.operation())) {
                return Optional.of(result.outcome());
            }
        }
        return Optional.empty();
    }

    /** Everything in sight that differs from the log, told before or not: what {@code reconcile} shows. */
    public static List<MachineEvent> differences(Machine machine, Sight.Observed seen, Instant at) {
        Unfolding unfolding = new Unfolding(machine);
        if (MIGRATING.contains(seen.runState())) {
            return List.of();
        }
        facts(unfolding, seen, at);
        DiskJudgement judgement = new DiskJudgement(unfolding, seen.qemu(), at);
        judgement.judge(seen.disks());
        judgement.spoiltBefore().forEach(unfolding::append);
        judgement.stillborn().forEach(unfolding::append);
        DriftSearch.search(machine, unfolding.now(), seen, at).forEach(unfolding::append);
        return unfolding.events().stream()
                .filter(event -> event instanceof ChainBroken || event instanceof DriftFound)
                .toList();
    }

    private static void observed(
            Unfolding unfolding,
            Sight.Observed seen,
            PendingConclusion pending,
            Optional<Outcome> outcome,
            Instant at) {
        if (MIGRATING.contains(seen.runState())) {
            // The process that answers no longer owns the disks, although it says yes to everything.
            pending.concludeMigrating(seen.runState());
            return;
        }
        facts(unfolding, seen, at);
        DiskJudgement judgement = new DiskJudgement(unfolding, seen.qemu(), at);
        judgement.judge(seen.disks());
        pending.conclude(seen, judgement, outcome);
        DriftSearch.over(unfolding.before(), seen, at).ifPresent(unfolding::append);
        for (DriftFound drift : DriftSearch.search(unfolding.before(), unfolding.now(), seen, at)) {
            if (!unfolding.now().told().contains(Drift.key(drift))) {
                unfolding.append(drift);
            }
        }
    }

    private static void facts(Unfolding unfolding, Sight.Observed seen, Instant at) {
        Machine now = unfolding.now();
        List<DiskFacts> disks = new ArrayList<>();
        seen.disks().forEach(disk -> disks.add(disk.facts()));
        disks.sort(Comparator.comparing(DiskFacts::name));
        List<DiskFacts> known = new ArrayList<>();
        now.presentDisks().forEach(disk -> known.add(disk.facts()));
        known.sort(Comparator.comparing(DiskFacts::name));
        if (!disks.equals(known) || !now.qemu().equals(Optional.of(seen.qemu()))) {
            unfolding.append(new MachineObserved(now.id(), seen.qemu(), disks, at));
        }
    }
}
