package dev.tidemark.coordinator.chain;

import dev.tidemark.coordinator.chain.RetentionPlan.Entry;
import dev.tidemark.coordinator.chain.RetentionPlan.Kind;
import dev.tidemark.coordinator.chain.RetentionPlan.Merge;
import dev.tidemark.coordinator.chain.RetentionPlan.Reason;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What a policy keeps. It is applied to each disk by itself, because a backup of some disks is no restore point of the others; a
 * backup stays if one of its disks keeps it. What is damaged, or stands on what is, takes nobody's place: but it stays as long as it
 * would have stayed whole, for whoever can still get something out of it.
 */
public final class RetentionPlanner {
    private final Machine machine;
    private final RetentionPolicy policy;
    private final boolean merging;
    private final List<StoredBackup> there;
    private final Map<BackupId, Set<Reason>> reasons = new LinkedHashMap<>();

    private RetentionPlanner(Machine machine, RepositoryName repository, RetentionPolicy policy, boolean merging) {
        this.machine = machine;
        this.policy = policy;
        this.merging = merging;
        there = machine.stored().stream()
                .filter(kept -> kept.repository().equals(repository)
                        && kept.deletion().isEmpty()
                        // Nothing in the repository is won by it, and who uses the target is for people to say.
                        && kept.targets().isEmpty())
                .toList();
        there.forEach(kept -> reasons.put(kept.backup(), new LinkedHashSet<>()));
    }

    /** What stays and what goes, by the log as it is. */
    public static RetentionPlan plan(Machine machine, RepositoryName repository, RetentionPolicy policy) {
        return plan(machine, repository, policy, true);
    }

    /** Without {@code merging} whatever another one stands on stays for its sake. */
    public static RetentionPlan plan(
            Machine machine, RepositoryName repository, RetentionPolicy policy, boolean merging) {
        return new RetentionPlanner(machine, repository, policy, merging).plan(repository);
    }

    private RetentionPlan plan(RepositoryName repository) {
        if (!there.isEmpty()) {
            keep(there.getLast(), Kind.NEWEST, "");
        }
        for (DiskName disk : disks()) {
            restorePoints(disk);
        }
        for (StoredBackup kept : there) {
            kept.hold().ifPresent(reason -> keep(kept, Kind.HOLD, reason));
            if (kept.guarded()) {
                keep(kept, Kind.PROTECTED, "");
            }
        }
        inUse(repository);
        below();
        List<Entry> entries = there.stream()
                .map(kept -> new Entry(kept.backup(), kept.takenAt(), List.copyOf(reasons(kept.backup()))))
                .toList();
        List<Merge> merges = merges();
        List<BackupId> deletions = entries.reversed().stream()
                .filter(entry -> !entry.stays())
                .map(Entry::backup)
                .toList();
        return new RetentionPlan(entries, merges, RetentionSteps.of(there, deletions, merges), checkpoints(entries));
    }

    private Set<DiskName> disks() {
        Set<DiskName> disks = new LinkedHashSet<>();
        there.forEach(kept -> kept.files().forEach(file -> disks.add(file.disk())));
        return disks;
    }

    private void restorePoints(DiskName disk) {
        Set<BackupId> spoilt = new HashSet<>();
        List<StoredBackup> all = new ArrayList<>();
        List<StoredBackup> whole = new ArrayList<>();
        for (StoredBackup kept : there) {
            for (StoredBackup.File file : kept.files()) {
                if (file.disk().equals(disk)) {
                    // Nothing stands on a later one: what is below was seen before.
                    if (file.damaged() || file.parent().filter(spoilt::contains).isPresent()) {
                        spoilt.add(kept.backup());
                    } else {
                        whole.add(kept);
                    }
                    all.add(kept);
                }
            }
        }
        if (!whole.isEmpty()) {
            keep(whole.getLast(), Kind.NEWEST, "");
        }
        chosen(whole).forEach((kept, why) -> why.forEach(reason -> keep(kept, reason.kind(), reason.detail())));
        chosen(all).forEach((kept, why) -> {
            if (spoilt.contains(kept.backup())) {
                keep(kept, Kind.DAMAGED, "disk '" + disk + "'");
            }
        });
    }

    /** What the policy takes from these, oldest first. */
    private Map<StoredBackup, List<Reason>> chosen(List<StoredBackup> points) {
        Map<StoredBackup, List<Reason>> chosen = new LinkedHashMap<>();
        choose(chosen, points, Kind.LAST, policy.last(), kept -> kept.backup().value());
        choose(chosen, points, Kind.DAILY, policy.daily(), kept -> day(kept).toString());
        choose(chosen, points, Kind.WEEKLY, policy.weekly(), kept -> week(day(kept)));
        choose(
                chosen,
                points,
                Kind.MONTHLY,
                policy.monthly(),
                kept -> YearMonth.from(day(kept)).toString());
        choose(
                chosen,
                points,
                Kind.YEARLY,
                policy.yearly(),
                kept -> Integer.toString(day(kept).getYear()));
        return chosen;
    }

    private static void choose(
            Map<StoredBackup, List<Reason>> chosen,
            List<StoredBackup> points,
            Kind kind,
            int count,
            Function<StoredBackup, String> period) {
        Set<String> seen = new HashSet<>();
        // By the log's order, which is that of the moments: clocks only say to which period one belongs.
        for (StoredBackup kept : points.reversed()) {
            if (seen.size() >= count) {
                return;
            }
            String name = period.apply(kept);
            if (seen.add(name)) {
                chosen.computeIfAbsent(kept, key -> new ArrayList<>())
                        .add(new Reason(kind, kind == Kind.LAST ? "" : name));
            }
        }
    }

    private static LocalDate day(StoredBackup kept) {
        return LocalDate.ofInstant(kept.takenAt(), ZoneOffset.UTC);
    }

    private static String week(LocalDate day) {
        return String.format(
                Locale.ROOT,
                "%d-W%02d",
                day.get(IsoFields.WEEK_BASED_YEAR),
                day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
    }

    private void inUse(RepositoryName repository) {
        if (BackupPlanner.plan(machine, repository, BackupMode.PUSH, new BackupRequest.Automatic(), List.of())
                instanceof BackupPlanner.Planned.Plan(var disks)) {
            disks.forEach(disk -> disk.parent().ifPresent(base -> keep(base, Kind.BASE, "")));
        }
        machine.errands()
                .forEach(errand -> keep(
                        errand.operation().backup(),
                        Kind.IN_USE,
                        "operation " + errand.operation().id()));
        if (machine.pending().orElse(null) instanceof Pending.Backup running) {
            running.plan()
                    .forEach(disk -> disk.parent()
                            .ifPresent(base -> keep(base, Kind.IN_USE, "operation " + running.operation())));
        }
        for (StoredBackup going : machine.stored()) {
            going.deletion()
                    .ifPresent(operation -> going.files()
                            .forEach(file -> file.parent()
                                    .ifPresent(below -> keep(below, Kind.IN_USE, "operation " + operation))));
        }
    }

    /** What one that stays stands on stays too, unless that one can take it in. */
    private void below() {
        for (StoredBackup kept : there.reversed()) {
            if (reasons(kept.backup()).isEmpty()) {
                continue;
            }
            Optional<Rejection> unfit = new MergePlanner(machine, kept).unfit();
            if (merging && unfit.isEmpty()) {
                continue;
            }
            String why = unfit.filter(rejection -> merging)
                    .map(rejection -> ", which cannot take it in: " + rejection.detail())
                    .orElse("");
            kept.files()
                    .forEach(file ->
                            file.parent().ifPresent(below -> keep(below, Kind.NEEDED, "by " + kept.backup() + why)));
        }
        for (StoredBackup kept : there) {
            if (merging && stays(kept.backup())) {
                kept.files()
                        .forEach(file -> file.parent()
                                .filter(this::stays)
                                .filter(below -> reasons(below).stream()
                                        .noneMatch(reason -> reason.kind() == Kind.NEEDED
                                                && reason.detail().startsWith("by " + kept.backup())))
                                .ifPresent(below -> keep(below, Kind.NEEDED, "by " + kept.backup())));
            }
        }
    }

    private boolean stays(BackupId backup) {
        return !reasons(backup).isEmpty();
    }

    private List<Merge> merges() {
        List<Merge> merges = new ArrayList<>();
        for (StoredBackup kept : there) {
            if (!reasons(kept.backup()).isEmpty()) {
                MergePlanner planner = new MergePlanner(machine, kept);
                List<DiskMerge> disks = planner.onto(this::stays);
                if (!disks.isEmpty()) {
                    merges.add(new Merge(kept.backup(), disks, planner.bytes(disks)));
                }
            }
        }
        return merges;
    }

    /** Those that came with a backup and that nothing can be incremental to any more. Others were made by hand, for a reason. */
    private List<CheckpointId> checkpoints(List<Entry> entries) {
        Set<BackupId> going = new HashSet<>();
        entries.stream().filter(entry -> !entry.stays()).forEach(entry -> going.add(entry.backup()));
        Set<CheckpointId> needed = new HashSet<>();
        machine.bases().stream()
                .filter(base -> !going.contains(base.backup()))
                .forEach(base -> needed.add(base.checkpoint()));
        if (machine.pending().orElse(null) instanceof Pending.Backup running) {
            running.checkpoint().map(BackupCheckpoint::id).ifPresent(needed::add);
        }
        return machine.checkpoints().stream()
                .filter(live -> live.state() == Checkpoint.State.CREATED
                        && live.backup().isPresent()
                        && !needed.contains(live.id()))
                .map(Checkpoint::id)
                .toList();
    }

    private Set<Reason> reasons(BackupId backup) {
        return Optional.ofNullable(reasons.get(backup)).orElseGet(Set::of);
    }

    private void keep(StoredBackup kept, Kind kind, String detail) {
        keep(kept.backup(), kind, detail);
    }

    private void keep(BackupId backup, Kind kind, String detail) {
        Set<Reason> why = reasons.get(backup);
        if (why != null) {
            why.add(new Reason(kind, detail));
        }
    }
}
