package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Base;
import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Link;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.Observer;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.GuestReport;
import dev.tidemark.schema.contract.ImageEvidence;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Planted faults, one at a time, around production parts: each is a mistake that a backup tool has made or could make. */
enum Saboteur {
    NONE,
    /** A target is closed without having been flushed. */
    FLUSH_SKIPPED,
    DISMISS_FORGOTTEN,
    /** Files that are all there pass for a backup. */
    MANIFEST_BELIEVED_EARLY,
    /** The store appends whatever was decided on an older state. */
    VERSION_NOT_CHECKED,
    ACKNOWLEDGED_FORGOTTEN,
    CHECKPOINT_IN_TWO_STEPS,
    BACKUP_BEFORE_THE_CHECKPOINT,
    DELETION_DOES_NOT_MERGE,
    UNION_FORGETS_OLDER,
    LOST_BITMAP_PASSES,
    SIZE_CHANGE_HIDDEN,
    /** What was done to an image while QEMU was down is passed over. */
    WRITTEN_BEHIND_PASSES,
    FAILED_JOB_PASSES,
    FAILED_BACKUP_IS_A_BASE,
    BASE_OF_ANOTHER_REPOSITORY,
    OLD_REPORT_BELIEVED,
    OPERATION_TAKEN_FOR_A_NEW_ONE,
    LEFTOVER_NODES_HIDDEN,
    LIVE_STATE_FORGETS,
    /** With a backup goes what it stood on. */
    DELETES_ONE_TOO_MANY,
    /** Of what a backup takes in, the lowest is left out, as {@code qemu-img convert -B} does. */
    MERGE_FORGETS_A_LAYER,
    /** A merge is told of that never was: what is below it may go. */
    MERGE_NEVER_DONE,
    /** What was committed without a word to anybody stays unheard of. */
    NEVER_CATCHES_UP,
    /** A guest that is said to be thawed is not. */
    THAW_FORGOTTEN,
    /** Whatever became of a freeze, the moment passes for consistent. */
    MOMENT_PROMISED;

    /** What the gateway takes a look for. */
    Look seen(Simulation simulation, Look look) {
        return switch (this) {
            case LOST_BITMAP_PASSES, SIZE_CHANGE_HIDDEN, WRITTEN_BEHIND_PASSES ->
                with(
                        look,
                        look.observed().disks().stream()
                                .map(disk -> mended(simulation.log.now(), disk))
                                .toList(),
                        look.observed().jobs(),
                        look.observed().nodes());
            case FAILED_JOB_PASSES ->
                with(
                        look,
                        look.observed().disks(),
                        withoutErrors(look.observed().jobs()),
                        look.observed().nodes());
            case LEFTOVER_NODES_HIDDEN ->
                with(look, look.observed().disks(), look.observed().jobs(), List.of());
            default -> look;
        };
    }

    Observer.Jobs seen(Observer.Jobs jobs) {
        return this == FAILED_JOB_PASSES
                ? new Observer.Jobs(withoutErrors(jobs.jobs()), jobs.ioStatusByJob(), jobs.speedByJob())
                : jobs;
    }

    /** What is sent for a plan: one transaction each. */
    List<Plan> sent(Simulation simulation, Plan plan) {
        return switch (this) {
            case CHECKPOINT_IN_TWO_STEPS -> split(simulation, plan, verb -> verb instanceof Verb.DisableBitmap);
            case BACKUP_BEFORE_THE_CHECKPOINT ->
                split(
                        simulation,
                        plan,
                        verb -> !(verb instanceof Verb.AddBitmap) && !(verb instanceof Verb.DisableBitmap));
            case DELETION_DOES_NOT_MERGE ->
                plan.verbs().stream().anyMatch(Verb.RemoveBitmap.class::isInstance)
                        ? keeping(plan, verb -> !(verb instanceof Verb.MergeBitmaps))
                        : List.of(plan);
            case UNION_FORGETS_OLDER ->
                List.of(new Plan(plan.verbs().stream()
                        .map(verb -> verb instanceof Verb.MergeBitmaps merge
                                ? new Verb.MergeBitmaps(
                                        merge.node(),
                                        merge.target(),
                                        List.of(merge.sources().getLast()))
                                : verb)
                        .toList()));
            case LOST_BITMAP_PASSES -> withoutLost(simulation, plan);
            default -> List.of(plan);
        };
    }

    /** What the core is asked. */
    MachineCommand asked(Simulation simulation, MachineCommand command) {
        return this == OPERATION_TAKEN_FOR_A_NEW_ONE
                        && command instanceof StartBackup start
                        && simulation.judge.isIntended(start.operation())
                ? new StartBackup(
                        start.machine(),
                        new OperationId(simulation.client.ulid()),
                        new BackupId(start.backup().value()),
                        start.repository(),
                        start.mode(),
                        start.request(),
                        Optional.empty(),
                        start.selection(),
                        start.bytesPerSecondMax(),
                        start.compression(),
                        start.quiesce(),
                        start.pull(),
                        Optional.empty(),
                        start.askedAt())
                : command;
    }

    /** What the coordinator is told. */
    Report told(Simulation simulation, Report report) {
        if (this == MOMENT_PROMISED && report.guest().orElse(null) instanceof GuestReport.Thawed thawed) {
            return new Report(
                    report.machine(),
                    report.version(),
                    report.sight(),
                    report.results(),
                    Optional.of(new GuestReport.Thawed(thawed.operation(), dev.tidemark.schema.event.Moment.FROZEN)));
        }
        return this == OLD_REPORT_BELIEVED
                ? new Report(
                        report.machine(),
                        simulation.log.now().version(),
                        report.sight(),
                        report.results(),
                        report.guest())
                : report;
    }

    /** What becomes of a machine by an event. */
    Machine evolved(Machine before, Machine after, MachineEvent event) {
        return switch (this) {
            case FAILED_BACKUP_IS_A_BASE ->
                event instanceof BackupFailed && before.pending().orElse(null) instanceof Pending.Backup failed
                        ? failed.checkpoint()
                                .map(own -> withBase(after, failed.repository(), own.id()))
                                .orElse(after)
                        : after;
            case BASE_OF_ANOTHER_REPOSITORY ->
                event instanceof BackupCompleted completed
                                && completed.checkpoint().isPresent()
                        ? Simulation.REPOSITORIES.stream()
                                .filter(other -> !other.equals(completed.repository()))
                                .reduce(
                                        after,
                                        (machine, other) -> withBase(
                                                machine,
                                                other,
                                                completed.checkpoint().get()),
                                        (one, other) -> other)
                        : after;
            case LIVE_STATE_FORGETS ->
                event instanceof CheckpointFailed ? with(after, after.bases(), List.of()) : after;
            default -> after;
        };
    }

    private static Look with(Look look, List<ObservedDisk> disks, List<ObservedJob> jobs, List<String> nodes) {
        Sight.Observed seen = look.observed();
        return new Look(new Sight.Observed(
                seen.qemu(),
                seen.runState(),
                disks,
                jobs,
                nodes,
                seen.exports(),
                seen.partialBackups(),
                seen.unaddressableDisks()));
    }

    private static List<ObservedJob> withoutErrors(List<ObservedJob> jobs) {
        return jobs.stream()
                .map(job -> new ObservedJob(
                        job.id(), job.status(), Optional.empty(), job.currentProgress(), job.totalProgress()))
                .toList();
    }

    private ObservedDisk mended(Machine machine, ObservedDisk disk) {
        Optional<Disk> known = machine.disk(disk.facts().name());
        if (known.isEmpty()) {
            return disk;
        }
        if (this == SIZE_CHANGE_HIDDEN) {
            DiskFacts facts = disk.facts();
            return new ObservedDisk(
                    new DiskFacts(
                            facts.name(),
                            facts.node(),
                            facts.format(),
                            known.get().facts().virtualSize(),
                            facts.file(),
                            facts.backingDepth(),
                            facts.persistentBitmaps()),
                    disk.bitmaps(),
                    disk.image());
        }
        if (this == WRITTEN_BEHIND_PASSES) {
            return new ObservedDisk(
                    disk.facts(),
                    disk.bitmaps(),
                    machine.qemu()
                            .flatMap(QemuFacts::instance)
                            .map(instance -> new ImageEvidence(List.of(instance), Optional.empty())));
        }
        List<ObservedBitmap> bitmaps = new ArrayList<>(disk.bitmaps());
        for (Link link : known.get().chain()) {
            String name = link.bitmap().value();
            bitmaps.removeIf(bitmap -> bitmap.inconsistent() && bitmap.name().equals(Optional.of(name)));
            if (bitmaps.stream().noneMatch(bitmap -> bitmap.name().equals(Optional.of(name)))) {
                boolean newest = link.equals(known.get().chain().getLast());
                bitmaps.add(new ObservedBitmap(Optional.of(name), newest, true, false, false, link.granularity(), 0));
            }
        }
        return new ObservedDisk(disk.facts(), bitmaps, disk.image());
    }

    private static List<Plan> keeping(Plan plan, Predicate<Verb> kept) {
        List<Verb> verbs = plan.verbs().stream().filter(kept).toList();
        return verbs.isEmpty() ? List.of() : List.of(new Plan(verbs));
    }

    private static List<Plan> split(Simulation simulation, Plan plan, Predicate<Verb> first) {
        List<Plan> parts = new ArrayList<>(keeping(plan, first));
        parts.addAll(keeping(plan, first.negate()));
        if (parts.size() > 1) {
            simulation.world.in(0, simulation.machine::write);
        }
        return parts;
    }

    private static List<Plan> withoutLost(Simulation simulation, Plan plan) {
        Set<String> there = simulation.machine.usableBitmaps();
        List<Verb> verbs = new ArrayList<>();
        for (Verb verb : plan.verbs()) {
            switch (verb) {
                case Verb.MergeBitmaps merge -> {
                    List<String> sources = merge.sources().stream()
                            .filter(source -> there.contains(merge.node() + "/" + source))
                            .collect(Collectors.toList());
                    if (!sources.isEmpty()) {
                        verbs.add(new Verb.MergeBitmaps(merge.node(), merge.target(), sources));
                    }
                }
                case Verb.DisableBitmap disable -> {
                    if (there.contains(disable.node() + "/" + disable.name())) {
                        verbs.add(disable);
                    }
                }
                default -> verbs.add(verb);
            }
        }
        return List.of(new Plan(verbs));
    }

    /** Makes the newest backup in the repository pass for one that was taken at the checkpoint. */
    private static Machine withBase(Machine after, RepositoryName repository, CheckpointId checkpoint) {
        Optional<Base> newest = after.bases().stream()
                .filter(base -> base.repository().equals(repository))
                .reduce((one, other) -> other);
        if (newest.isEmpty()) {
            return after;
        }
        List<Base> bases = new ArrayList<>(after.bases());
        bases.add(new Base(
                repository,
                newest.get().mode(),
                checkpoint,
                newest.get().backup(),
                newest.get().disks(),
                after.version()));
        return with(after, bases, after.retired());
    }

    private static Machine with(Machine machine, List<Base> bases, List<CheckpointId> retired) {
        return new Machine(
                machine.id(),
                machine.version(),
                machine.registration(),
                machine.removed(),
                machine.qemu(),
                machine.disks(),
                machine.checkpoints(),
                retired,
                bases,
                machine.lostBases(),
                machine.usedRepositories(),
                machine.stored(),
                machine.retention(),
                machine.pending(),
                machine.freeze(),
                machine.errands(),
                machine.told(),
                machine.recent(),
                machine.intents());
    }
}
