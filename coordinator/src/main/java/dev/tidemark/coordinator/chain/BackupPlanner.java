package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How each disk is to be backed up. The base is the newest checkpoint <em>with a completed backup in that repository</em>
 * whose chain holds from there to the newest bitmap; never merely the newest checkpoint. Anything less means a full
 * backup of that disk alone, with the cause (design §5, invariant I5).
 */
public final class BackupPlanner {
    /** A plan for every disk, or the reason why what was demanded cannot be had. */
    public sealed interface Planned {
        /** One entry a disk, in the machine's order. */
        record Plan(List<DiskPlan> disks) implements Planned {
            public Plan {
                disks = List.copyOf(disks);
            }
        }

        /** It cannot be planned. */
        record Impossible(Rejection rejection) implements Planned {}
    }

    private BackupPlanner() {}

    /** Plans a backup of the selected disks; an empty selection means all. */
    public static Planned plan(
            Machine machine,
            RepositoryName repository,
            BackupMode mode,
            BackupRequest request,
            List<DiskName> selection) {
        Optional<Rejection> unfit = Selection.check(machine, selection);
        if (unfit.isPresent()) {
            return new Planned.Impossible(unfit.get());
        }
        List<DiskPlan> plans = new ArrayList<>();
        for (Disk disk : Selection.of(machine, selection)) {
            DiskPlan plan = plan(machine, new Place(repository, mode), request, disk);
            if (request instanceof BackupRequest.Since && plan.kind() == BackupKind.FULL) {
                return new Planned.Impossible(new Rejection.FullRequired(
                        disk.name(),
                        plan.cause().orElse(FullCause.NO_BACKUP_IN_REPOSITORY),
                        "disk '" + disk.name() + "' needs a full backup: " + plan.detail()));
            }
            plans.add(plan);
        }
        return new Planned.Plan(plans);
    }

    /** Where a base has to lie, and with whom. */
    private record Place(RepositoryName repository, BackupMode mode) {
        boolean isOf(Base base) {
            return base.repository().equals(repository) && base.mode() == mode;
        }

        boolean isOf(LostBase lost, DiskName disk) {
            return lost.repository().equals(repository)
                    && lost.mode() == mode
                    && lost.disk().equals(disk);
        }
    }

    private static DiskPlan plan(Machine machine, Place place, BackupRequest request, Disk disk) {
        return switch (request) {
            case BackupRequest.Full() -> full(disk, FullCause.REQUESTED, "a full backup was asked for");
            case BackupRequest.Copy _ -> full(disk, FullCause.REQUESTED, "a copy was asked for");
            case BackupRequest.Automatic() ->
                newestBase(machine, place, disk).orElseGet(() -> fullForCause(machine, place, disk));
            case BackupRequest.Since(CheckpointId checkpoint) -> sinceElseFull(machine, place, disk, checkpoint);
            case BackupRequest.Differential(CheckpointId checkpoint) -> sinceElseFull(machine, place, disk, checkpoint);
        };
    }

    /**
     * Whoever asks for a differential since a checkpoint at which nothing was ever backed up into that repository has taken one name
     * for another: a full backup every time would be what nobody asked for. Asked before the wish is accepted, and not again.
     */
    static Optional<Rejection> withoutBase(
            Machine machine, RepositoryName repository, BackupMode mode, BackupRequest request) {
        if (!(request instanceof BackupRequest.Differential(CheckpointId checkpoint))) {
            return Optional.empty();
        }
        if (machine.checkpoint(checkpoint)
                .filter(live -> live.state() != Checkpoint.State.REQUESTED)
                .isEmpty()) {
            return Optional.of(new Rejection.UnknownCheckpoint(checkpoint));
        }
        Place place = new Place(repository, mode);
        // Of what a client has pulled nothing is known but whether it can still be stood on.
        boolean backedUp = mode == BackupMode.PUSH
                ? machine.stored().stream()
                        .anyMatch(kept -> kept.repository().equals(repository)
                                && kept.checkpoint().filter(checkpoint::equals).isPresent())
                : machine.bases().stream()
                        .anyMatch(base -> place.isOf(base) && base.checkpoint().equals(checkpoint));
        if (backedUp) {
            return Optional.empty();
        }
        List<String> possible = machine.bases().stream()
                .filter(place::isOf)
                .map(base -> machine.nameOf(base.checkpoint()))
                .distinct()
                .toList();
        return Optional.of(new Rejection.NoBackupAtCheckpoint(machine.nameOf(checkpoint), repository, possible));
    }

    private static DiskPlan sinceElseFull(Machine machine, Place place, Disk disk, CheckpointId checkpoint) {
        return since(machine, place, disk, checkpoint)
                .or(() -> fullOffThatBase(machine, place, disk, checkpoint))
                .orElseGet(() -> fullForCause(machine, place, disk));
    }

    /** What became of that very backup, whatever newer ones there are to stand on; empty if it never held the disk. */
    private static Optional<DiskPlan> fullOffThatBase(
            Machine machine, Place place, Disk disk, CheckpointId checkpoint) {
        Optional<StoredBackup> taken = machine.stored().stream()
                .filter(kept -> place.mode() == BackupMode.PUSH
                        && kept.repository().equals(place.repository())
                        && kept.checkpoint().filter(checkpoint::equals).isPresent()
                        && kept.files().stream().anyMatch(file -> file.disk().equals(disk.name())))
                .findFirst();
        if (taken.isEmpty() || !disk.facts().persistentBitmaps()) {
            return Optional.empty();
        }
        BackupId backup = taken.get().backup();
        if (disk.indexOf(checkpoint) < 0) {
            return disk.lastBreak()
                    .map(broken -> full(
                            disk,
                            FullCause.valueOf(broken.cause().name()),
                            "checkpoint '" + machine.nameOf(checkpoint)
                                    + "' is no longer in the disk's chain, which broke last because "
                                    + broken.detail()));
        }
        return Optional.of(
                taken.get().deletion().isPresent()
                        ? full(disk, FullCause.BASE_BACKUP_DELETED, "backup " + backup + " is being deleted")
                        : full(
                                disk,
                                FullCause.BASE_BACKUP_DAMAGED,
                                "backup " + backup + " was found missing or damaged, or one on which it may stand"));
    }

    private static Optional<DiskPlan> newestBase(Machine machine, Place place, Disk disk) {
        for (Link link : disk.chain().reversed()) {
            Optional<DiskPlan> plan = since(machine, place, disk, link.checkpoint());
            if (plan.isPresent()) {
                return plan;
            }
        }
        return Optional.empty();
    }

    private static Optional<DiskPlan> since(Machine machine, Place place, Disk disk, CheckpointId checkpoint) {
        if (disk.indexOf(checkpoint) < 0) {
            return Optional.empty();
        }
        return machine.bases().stream()
                .filter(base -> base.holds(place.repository(), place.mode(), checkpoint, disk.name()))
                .findFirst()
                .map(base -> new DiskPlan(
                        disk.name(),
                        BackupKind.INCREMENTAL,
                        Optional.of(checkpoint),
                        Optional.of(base.backup()),
                        Optional.empty(),
                        "since checkpoint '" + machine.nameOf(checkpoint) + "', on top of backup " + base.backup()));
    }

    private static DiskPlan fullForCause(Machine machine, Place place, Disk disk) {
        if (!disk.facts().persistentBitmaps()) {
            return full(
                    disk,
                    FullCause.NO_BITMAP_SUPPORT,
                    "format " + disk.facts().format() + " cannot keep a dirty bitmap");
        }
        Optional<LostBase> lost = machine.lostBases().stream()
                .filter(candidate -> place.isOf(candidate, disk.name()))
                .findFirst();
        if (lost.isPresent()) {
            return full(disk, lost.get().cause(), lost.get().detail());
        }
        boolean othersHadOneBefore =
                machine.bases().stream().anyMatch(base -> place.isOf(base) && base.version() < disk.firstSeenVersion());
        return othersHadOneBefore
                ? full(
                        disk,
                        FullCause.DISK_ADDED,
                        "the disk was added after the newest backup in repository '" + place.repository() + "'")
                : full(
                        disk,
                        FullCause.NO_BACKUP_IN_REPOSITORY,
                        switch (place.mode()) {
                            case PUSH ->
                                "repository '" + place.repository() + "' holds no backup of this disk to stand on";
                            case PULL ->
                                "no pull backup of this disk was finished for repository '" + place.repository() + "'";
                        });
    }

    static DiskPlan full(Disk disk, FullCause cause, String detail) {
        return new DiskPlan(
                disk.name(), BackupKind.FULL, Optional.empty(), Optional.empty(), Optional.of(cause), detail);
    }
}
