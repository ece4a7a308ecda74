package dev.tidemark.coordinator.simulation;

import dev.tidemark.coordinator.chain.Disk;
import dev.tidemark.coordinator.chain.Link;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.coordinator.ledger.SnapshotJson;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.Verb;
import dev.tidemark.gateway.model.Cells;
import dev.tidemark.gateway.model.ModelDaemon;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.EventNames;
import dev.tidemark.schema.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Holds a history against the invariants. What it compares with, no process of the history can touch. */
final class Judge {
    private final Simulation simulation;
    private final Set<String> intents = new HashSet<>();
    private final Set<String> open = new LinkedHashSet<>();
    private final Set<String> outcomes = new HashSet<>();
    private final Set<MachineCommand> acknowledged = new LinkedHashSet<>();
    private final Set<BackupId> beyondPromise = new HashSet<>();
    private final Map<BackupId, RepositoryName> completed = new HashMap<>();

    /** Pulls that their client has read to the end, and found right. */
    private final Set<BackupId> readable = new HashSet<>();

    private int pulls;
    private long incrementals;
    private long backups;
    private long quiesced;
    private long merges;

    Judge(Simulation simulation) {
        this.simulation = simulation;
    }

    /** What a look saw before the log came to where it is now says nothing of now, good or bad. */
    void nothingWasSeen(List<MachineEvent> byAnOldReport) {
        for (MachineEvent event : byAnOldReport) {
            if (event instanceof ChainBroken
                    || event instanceof DriftFound
                    || event instanceof DriftGone
                    || event instanceof MachineObserved) {
                throw simulation.world.violated(Invariant.EVIDENCE, "an old look was concluded from: " + event);
            }
        }
    }

    /** Incremental backups of a disk that were judged: a judge that saw none proves nothing. */
    long incrementals() {
        return incrementals;
    }

    long backups() {
        return backups;
    }

    int jobFaults() {
        return simulation.director.jobFaults();
    }

    void require(Invariant invariant, boolean holds, Supplier<String> message) {
        if (!holds) {
            throw simulation.world.violated(invariant, message.get());
        }
    }

    boolean isIntended(OperationId operation) {
        return intents.contains(operation.value());
    }

    /** In calm weather a backup is done soon. */
    void hasCompleted(StartBackup asked) {
        require(
                Invariant.LIVENESS,
                completed.containsKey(asked.backup()),
                () -> "not completed in calm weather: " + asked + ", pending "
                        + simulation.log.now().pending());
    }

    void acknowledged(MachineCommand command) {
        acknowledged.add(command);
    }

    // The log.

    void appended(MachineEvent event) {
        switch (event) {
            case CheckpointRequested requested -> {
                intended(requested.operation().value());
                intended(requested.checkpoint());
            }
            case CheckpointDeletionRequested requested -> {
                intended(requested.operation().value());
                open.add("operation " + requested.operation());
            }
            case BackupRequested requested -> {
                intended(requested.operation().value());
                open.add("backup " + requested.backup());
                requested.checkpoint().ifPresent(checkpoint -> intended(checkpoint.id()));
            }
            case VerificationRequested requested -> open.add("operation " + requested.operation());
            case BackupVerified verified -> once("operation " + verified.operation());
            case BackupDamaged damaged -> once("operation " + damaged.operation());
            case VerificationFailed failed -> once("operation " + failed.operation());
            case RestoreRequested requested -> open.add("operation " + requested.operation());
            case RestoreCompleted restored -> once("operation " + restored.operation());
            case RestoreFailed failed -> once("operation " + failed.operation());
            case RestoreExportRequested requested -> open.add("operation " + requested.operation());
            case RestoreExportOpened _, RestoreExportEndRequested _ -> {
                // Neither begins or ends anything by itself.
            }
            case RestoreExportEnded ended -> once("operation " + ended.operation());
            case RestoreExportFailed failed -> once("operation " + failed.operation());
            case BackupDeletionRequested requested -> {
                open.add("operation " + requested.operation());
                intents.add(requested.backup().value());
            }
            case BackupDeleted deleted -> {
                once("operation " + deleted.operation());
                deleted(deleted.backup());
            }
            case BackupMergeRequested requested -> open.add("operation " + requested.operation());
            case BackupMerged merged -> {
                once("operation " + merged.operation());
                merged(merged);
            }
            case BackupMergeFailed failed -> once("operation " + failed.operation());
            case BackupDeletionFailed failed -> once("operation " + failed.operation());
            case CheckpointCreated created -> {
                once("checkpoint " + created.checkpoint());
                worth(created.consistency(), BitmapName.of(created.checkpoint()).value());
            }
            case CheckpointFailed failed -> once("checkpoint " + failed.checkpoint());
            case CheckpointDeleted deleted -> once("operation " + deleted.operation());
            case CheckpointDeletionFailed failed -> once("operation " + failed.operation());
            case BackupFailed failed -> once("backup " + failed.backup());
            case BackupAborted aborted -> once("backup " + aborted.backup());
            case BackupPulled pulled -> {
                once("backup " + pulled.backup());
                pulled(pulled);
            }
            case BackupCompleted done -> {
                once("backup " + done.backup());
                done.moment()
                        .ifPresent(moment ->
                                worth(moment.consistency(), done.operation().value()));
                completed(done);
            }
            default -> {}
        }
    }

    /** A consistent file system is promised of a moment at which the guest was frozen, and of no other. */
    private void worth(Consistency consistency, String made) {
        if (consistency == Consistency.FILESYSTEM) {
            quiesced++;
        }
        require(
                Invariant.QUIESCED,
                consistency == Consistency.CRASH || simulation.guest.wasFrozenAt(made),
                () -> "the guest was not frozen when " + made + " was made");
    }

    /** Promises of a consistent file system that were judged. */
    long quiesced() {
        return quiesced;
    }

    /** The guest is being frozen by us. */
    void freezing() {
        require(
                Invariant.INTENT,
                simulation
                        .log
                        .now()
                        .freeze()
                        .filter(freeze -> freeze.moment().isEmpty())
                        .isPresent(),
                () -> "the guest is frozen, and the log does not say that it may be");
    }

    private void intended(String operation) {
        require(Invariant.ONCE, intents.add(operation), () -> "a second intent of operation " + operation);
    }

    private void intended(CheckpointId checkpoint) {
        intents.add(checkpoint.value());
        open.add("checkpoint " + checkpoint);
    }

    private void deleted(BackupId backup) {
        for (RepositoryName repository : Simulation.REPOSITORIES) {
            require(
                    Invariant.PHANTOM,
                    !simulation.storage.backups(repository).contains(backup),
                    () -> "deleted, and still there: " + backup);
        }
    }

    /** It lies there as it is told, and it and all that stands on it are what they were. */
    private void merged(BackupMerged merged) {
        merges++;
        RepositoryName repository = completed.get(merged.backup());
        if (repository == null) {
            return;
        }
        for (MergedDisk disk : merged.disks()) {
            require(
                    Invariant.PHANTOM,
                    simulation.storage.stored(repository, merged.backup()).stream()
                            .anyMatch(stored -> stored.plan()
                                            .disk()
                                            .equals(disk.now().disk())
                                    && stored.plan().parent().equals(disk.now().parent())),
                    () -> "merged, and it stands on something else: " + disk);
        }
        everythingRestorable();
    }

    /** Merges that were judged. */
    long merges() {
        return merges;
    }

    /** It goes for good: nobody promises it from now on. */
    void setAside(BackupId backup) {
        require(
                Invariant.INTENT,
                intents.contains(backup.value()),
                () -> "backup " + backup + " goes without a committed intent");
        completed.remove(backup);
        beyondPromise.add(backup);
    }

    private void once(String subject) {
        open.remove(subject);
        require(Invariant.ONCE, outcomes.add(subject), () -> "a second outcome of " + subject);
    }

    /**
     * A client reads every disk now, and whether it is told to keep it or not: what it reads is what was at the moment.
     *
     * @return whether it is ready to be read
     */
    boolean read(Pending.Backup backup) {
        ModelDaemon daemon = simulation.machine.daemon();
        boolean ready = backup.pull().filter(Pending.Backup.Pull::ready).isPresent();
        if (!ready || daemon == null) {
            return false;
        }
        for (int index = 0; index < backup.plan().size(); index++) {
            DiskPlan plan = backup.plan().get(index);
            String node = QemuNames.targetNode(backup.operation(), index);
            String export = QemuNames.export(backup.operation(), index);
            if (!daemon.exportIds().contains(export)) {
                // Its client gets an error, and begins anew.
                return true;
            }
            Moment moment = simulation.machine.momentOf(node).orElse(null);
            require(Invariant.MOMENT, moment != null, () -> "served without a moment: " + plan);
            require(
                    Invariant.RESTORE,
                    moment != null && Sure.asked(() -> daemon.read(node)).equals(moment.cells()),
                    () -> "a client reads of " + plan.disk() + " what was not there at the moment");
            if (plan.kind() == BackupKind.INCREMENTAL && moment != null) {
                incremental(plan.disk() + " of " + backup.backup(), plan.since(), moment);
            }
        }
        readable.add(backup.backup());
        return true;
    }

    private void pulled(BackupPulled pulled) {
        require(Invariant.PHANTOM, readable.contains(pulled.backup()), () -> "finished, and never read: " + pulled);
        pulls++;
    }

    int pulls() {
        return pulls;
    }

    private void completed(BackupCompleted done) {
        backups++;
        List<PlayedStorage.Stored> stored = simulation.storage.stored(done.repository(), done.backup());
        if (beyondPromise.contains(done.backup())) {
            return;
        }
        completed.put(done.backup(), done.repository());
        Set<Long> transactions = new HashSet<>();
        for (CompletedDisk disk : done.disks()) {
            Optional<PlayedStorage.Stored> file = stored.stream()
                    .filter(one -> one.plan().disk().equals(disk.disk()))
                    .findFirst();
            require(Invariant.RESTORE, file.isPresent(), () -> "completed, but not stored: " + disk);
            Moment moment = file.orElseThrow().moment();
            if (moment == null) {
                throw simulation.world.violated(Invariant.PHANTOM, "completed without a transaction: " + disk);
            }
            transactions.add(moment.transaction());
            if (disk.kind() == BackupKind.INCREMENTAL) {
                incrementals++;
                incremental(disk.toString(), disk.since(), moment);
            }
            restorable(done.repository(), done.backup(), file.orElseThrow());
        }
        require(Invariant.MOMENT, transactions.size() == 1, () -> "disks of several moments in " + done.backup());
    }

    private void incremental(String disk, Optional<CheckpointId> base, Moment moment) {
        PlayedDisk.Truth truth = base.map(since ->
                        moment.truths().getOrDefault(BitmapName.of(since).value(), PlayedDisk.Truth.NONE))
                .orElse(PlayedDisk.Truth.NONE);
        require(Invariant.EVIDENCE, !truth.lost(), () -> "an incremental on lost evidence: " + disk);
        long within = cells(moment.bytes() / PlayedMachine.CELL_BYTES);
        require(
                Invariant.COVERAGE,
                (truth.touched() & ~moment.copied() & within) == 0,
                () -> "touched " + Long.toBinaryString(truth.touched()) + ", copied "
                        + Long.toBinaryString(moment.copied()) + ": " + disk);
    }

    private static long cells(long count) {
        return count >= Long.SIZE ? -1L : (1L << count) - 1;
    }

    private void restorable(RepositoryName repository, BackupId backup, PlayedStorage.Stored stored) {
        Moment moment = stored.moment();
        DiskName disk = stored.plan().disk();
        Optional<Cells> restored = simulation.storage.restored(repository, backup, disk);
        require(
                Invariant.RESTORE,
                moment != null
                        && restored.isPresent()
                        && restored.get().equals(moment.cells())
                        && stored.bytes() == moment.bytes(),
                () -> "disk " + disk + " of backup " + backup + " restores to " + restored + ", was "
                        + (moment == null ? "?" : moment.cells()) + ", " + stored.plan());
    }

    /** Somebody deleted a backup: what stands on it is nobody's promise any more. */
    void vanished(RepositoryName repository, BackupId backup) {
        beyondPromise.add(backup);
        completed.remove(backup);
        for (BackupId other : simulation.storage.backups(repository)) {
            boolean broken = simulation.storage.stored(repository, other).stream()
                    .anyMatch(stored -> !simulation.storage.isWhole(
                            repository, other, stored.plan().disk()));
            if (broken) {
                beyondPromise.add(other);
                completed.remove(other);
            }
        }
    }

    boolean isOrphan(RepositoryName repository, List<PlayedStorage.Stored> disks) {
        return disks.stream()
                .anyMatch(stored -> stored.plan()
                        .parent()
                        .filter(parent -> !simulation.storage.isWhole(
                                repository, parent, stored.plan().disk()))
                        .isPresent());
    }

    void orphaned(BackupId backup) {
        beyondPromise.add(backup);
    }

    // QEMU.

    void intended(Plan plan) {
        for (Verb verb : plan.verbs()) {
            String name = switch (verb) {
                case Verb.AddBitmap add -> add.name().substring(BitmapName.PREFIX.length());
                case Verb.AddTemporaryBitmap add -> add.name().substring(BitmapName.TEMPORARY_PREFIX.length());
                default -> "";
            };
            require(
                    Invariant.INTENT,
                    name.isEmpty() || intents.contains(name),
                    () -> verb + " without a committed intent");
        }
    }

    void removed(DiskName disk, String bitmap) {
        Machine machine = simulation.log.now();
        boolean needed = !isBeingDeleted(bitmap)
                && machine.disk(disk)
                        .map(known -> known.chain().stream()
                                .anyMatch(link -> link.bitmap().value().equals(bitmap)))
                        .orElse(false);
        require(Invariant.REMOVAL, !needed, () -> bitmap + " was removed from " + disk + ", and its chain needs it");
    }

    private boolean isBeingDeleted(String bitmap) {
        return simulation.log.now().pending().orElse(null) instanceof Pending.Deletion deletion
                && BitmapName.of(deletion.checkpoint()).value().equals(bitmap);
    }

    void flushed(BackupId backup, PlayedStorage.Stored stored, boolean flushed) {
        require(
                Invariant.PHANTOM,
                flushed,
                () -> "the file of " + stored.plan().disk() + " in " + backup
                        + " is read back, and QEMU may still have to write to it");
    }

    /** Right after a look that the core has concluded from. */
    void tracking() {
        ModelDaemon daemon = simulation.machine.daemon();
        if (daemon == null) {
            return;
        }
        for (Disk disk : simulation.log.now().presentDisks()) {
            PlayedDisk real = simulation.machine.disk(disk.name());
            Map<String, Long> marks = new HashMap<>();
            for (ObservedBitmap bitmap : Sure.asked(() -> daemon.bitmaps(real.node))) {
                bitmap.name()
                        .filter(name -> !bitmap.inconsistent())
                        .ifPresent(name -> marks.put(name, Sure.asked(() -> daemon.dirtyCells(real.node, name))));
            }
            long union = 0;
            for (Link link : disk.chain().reversed()) {
                String name = link.bitmap().value();
                union |= marks.getOrDefault(name, 0L);
                if (isBeingDeleted(name)) {
                    continue;
                }
                PlayedDisk.Truth truth = real.truth(name);
                long held = union;
                require(
                        Invariant.TRACKING,
                        marks.containsKey(name) && !truth.lost() && (truth.touched() & ~held & cells(real.cells)) == 0,
                        () -> "the chain of " + disk.name() + " passes for whole at " + name + ": " + truth
                                + ", marked " + Long.toBinaryString(held));
            }
        }
    }

    // At rest.

    void atRest() {
        Machine machine = simulation.log.now();
        require(Invariant.LIVENESS, machine.pending().isEmpty(), () -> "still pending: " + machine.pending());
        require(Invariant.LIVENESS, machine.errands().isEmpty(), () -> "still open: " + machine.errands());
        require(Invariant.ONCE, open.isEmpty(), () -> "asked for, and never concluded: " + open);
        acknowledgedIsInLog();
        require(Invariant.LIVENESS, !simulation.guest.isFrozen(), () -> "the guest is frozen");
        require(
                Invariant.LIVENESS,
                machine.freeze().filter(freeze -> freeze.moment().isEmpty()).isEmpty(),
                () -> "by the log the guest may be frozen: " + machine.freeze());
        ModelDaemon daemon = simulation.machine.daemon();
        if (daemon == null) {
            throw simulation.world.violated(Invariant.LIVENESS, "QEMU is down");
        }
        Look look = simulation.machine.look(daemon, simulation.storage.partialNames());
        require(
                Invariant.LIVENESS,
                look.observed().jobs().isEmpty(),
                () -> "jobs left: " + look.observed().jobs());
        require(
                Invariant.LIVENESS,
                look.observed().nodes().isEmpty(),
                () -> "nodes left: " + look.observed().nodes());
        require(
                Invariant.LIVENESS,
                look.observed().exports().isEmpty(),
                () -> "exports left: " + look.observed().exports());
        require(
                Invariant.LIVENESS,
                look.observed().partialBackups().isEmpty(),
                () -> "partial backups left: " + look.observed().partialBackups());
        look.observed().disks().forEach(disk -> atRest(machine, disk));
        everythingRestorable();
    }

    void acknowledgedIsInLog() {
        for (MachineCommand command : acknowledged) {
            require(
                    Invariant.DURABILITY,
                    simulation.isInLog(command),
                    () -> "acknowledged, and not in the log: " + command);
        }
    }

    private void atRest(Machine machine, ObservedDisk disk) {
        List<String> wanted = machine.disk(disk.facts().name()).map(Disk::chain).orElse(List.of()).stream()
                .map(link -> link.bitmap().value())
                .toList();
        List<ObservedBitmap> held = disk.bitmaps().stream()
                .filter(bitmap -> bitmap.name().filter(Judge::isOurs).isPresent())
                .toList();
        List<String> names =
                held.stream().map(bitmap -> bitmap.name().orElse("")).toList();
        require(
                Invariant.LIVENESS,
                Set.copyOf(wanted).equals(Set.copyOf(names)),
                () -> disk.facts().name() + " should hold " + wanted + " and holds " + names);
        long recording = held.stream().filter(ObservedBitmap::recording).count();
        require(
                Invariant.LIVENESS,
                recording == Math.min(1, wanted.size()),
                () -> recording + " bitmaps record on " + disk.facts().name());
    }

    private static boolean isOurs(String name) {
        return name.startsWith(BitmapName.PREFIX) && !name.startsWith(Strangers.PREFIX);
    }

    void everythingRestorable() {
        completed.forEach((backup, repository) -> {
            List<PlayedStorage.Stored> disks = simulation.storage.stored(repository, backup);
            require(Invariant.RESTORE, !disks.isEmpty(), () -> "backup " + backup + " is not there any more");
            disks.forEach(stored -> restorable(repository, backup, stored));
        });
    }

    // Replay.

    Machine folded(List<MachineEvent> log) {
        Machine folded = Machine.unknown(simulation.id);
        for (MachineEvent event : log) {
            folded = folded.evolve(event);
        }
        return folded;
    }

    /** The state as a fresh process has it; thoroughly: from what is stored, and from a snapshot and a tail. */
    void replayed(boolean thoroughly) {
        Machine live = simulation.log.now();
        List<MachineEvent> log = new ArrayList<>(simulation.log.events());
        require(Invariant.REPLAY, folded(log).equals(live), () -> "the fold from zero is not the live state");
        if (!thoroughly) {
            return;
        }
        Machine stored = Machine.unknown(simulation.id);
        for (int index = 0; index < log.size(); index++) {
            MachineEvent event = log.get(index);
            Class<? extends MachineEvent> type = EventNames.classOf(EventNames.nameOf(event.getClass()));
            stored = stored.evolve(Json.MAPPER.readValue(Json.MAPPER.writeValueAsBytes(event), type));
            if (index == log.size() / 2) {
                stored = SnapshotJson.MAPPER.readValue(SnapshotJson.MAPPER.writeValueAsBytes(stored), Machine.class);
            }
        }
        require(Invariant.REPLAY, stored.equals(live), () -> "a snapshot and its tail are not the live state");
    }
}
