package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.AbortOperation;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What QEMU should hold, folded from the log: the chains, what has to go, and the one thing to be done. */
public final class DesiredState {
    private DesiredState() {}

    /** Of a registered machine; empty for one that is not. Before a look, nothing is known that may be put away. */
    public static Optional<Desired> of(Machine machine) {
        return of(machine, List.of());
    }

    /** The answer to a report: of what was seen, this log knows which may be put away. */
    public static Optional<Desired> after(Machine machine, Sight sight) {
        return of(machine, sight instanceof Sight.Observed seen ? DriftSearch.removable(machine, seen) : List.of());
    }

    private static Optional<Desired> of(Machine machine, List<String> removable) {
        if (!machine.registered()) {
            return Optional.empty();
        }
        return machine.registration()
                .map(registration -> new Desired(
                        machine.id(),
                        registration.name(),
                        registration.host(),
                        machine.version(),
                        registration.qmpSocket(),
                        machine.presentDisks().stream().map(DesiredState::disk).toList(),
                        machine.pending().flatMap(pending -> operation(machine, pending)),
                        machine.errands().stream()
                                .map(errand -> repositoryOperation(machine, errand))
                                .toList(),
                        registration.qgaSocket(),
                        removable,
                        machine.freeze().filter(Freeze::isOpen).map(Freeze::operation),
                        registration.formers().isEmpty() ? Optional.empty() : Optional.of(registration.formers()),
                        Optional.empty()));
    }

    private static RepositoryOperation repositoryOperation(Machine machine, Errand errand) {
        if (errand.abort()) {
            return new AbortOperation(errand.operation());
        }
        return switch (errand.operation()) {
            case VerifyOperation verify -> verify.against(recorded(machine, verify.backup()));
            case RestoreOperation restore -> restore.against(recorded(machine, restore.backup()));
            case RestoreExportOperation export -> export.against(recorded(machine, export.backup()));
            case MergeBackupOperation merge -> merge.against(recorded(machine, merge.backup()));
            case DeleteBackupOperation _, AbortOperation _ -> errand.operation();
        };
    }

    /** The backup's files and all that they stand on, as far as the log knows. */
    private static List<RecordedFile> recorded(Machine machine, BackupId top) {
        List<RecordedFile> files = new ArrayList<>();
        for (StoredBackup.File file :
                machine.stored(top).map(StoredBackup::files).orElse(List.of())) {
            Optional<BackupId> next = Optional.of(top);
            // Bounded by the number of backups, so that no log whatsoever leads in a circle.
            for (int count = machine.stored().size(); count > 0 && next.isPresent(); count--) {
                BackupId backup = next.get();
                Optional<StoredBackup.File> found = machine.stored(backup).flatMap(stored -> stored.file(file.disk()));
                found.ifPresent(known -> files.add(
                        new RecordedFile(backup, known.disk(), known.parent(), known.bytes(), known.sha256())));
                next = found.flatMap(StoredBackup.File::parent);
            }
        }
        return files;
    }

    private static DesiredDisk disk(Disk disk) {
        List<DesiredBitmap> chain = new ArrayList<>();
        for (int index = 0; index < disk.chain().size(); index++) {
            Link link = disk.chain().get(index);
            boolean newest = index == disk.chain().size() - 1;
            chain.add(new DesiredBitmap(link.bitmap(), newest, link.granularity(), link.dirtyBytesMin()));
        }
        return new DesiredDisk(
                disk.name(),
                disk.facts().virtualSize(),
                disk.facts().file(),
                disk.facts().backingDepth(),
                chain,
                disk.unwanted().stream().map(BitmapName::of).toList());
    }

    private static Optional<Operation> operation(Machine machine, Pending pending) {
        return switch (pending) {
            case Pending.Creation creation -> Optional.of(creation(machine, creation));
            case Pending.Deletion deletion -> Optional.of(deletion(machine, deletion));
            case Pending.Backup backup -> Optional.of(backup(machine, backup));
        };
    }

    private static Operation creation(Machine machine, Pending.Creation creation) {
        List<NewBitmap> disks = Selection.trackable(machine, creation.selection()).stream()
                .map(disk -> new NewBitmap(disk.name(), disk.newest().map(Link::bitmap)))
                .toList();
        return new CheckpointOperation(
                creation.operation(), BitmapName.of(creation.checkpoint()), disks, creation.quiesce());
    }

    private static Operation deletion(Machine machine, Pending.Deletion deletion) {
        List<BitmapDeletion> disks = new ArrayList<>();
        for (Disk disk : machine.presentDisks()) {
            int index = disk.indexOf(deletion.checkpoint());
            if (index >= 0) {
                Optional<BitmapName> previous = index == 0
                        ? Optional.empty()
                        : Optional.of(disk.chain().get(index - 1).bitmap());
                boolean newest = index == disk.chain().size() - 1;
                disks.add(new BitmapDeletion(disk.name(), previous, newest));
            }
        }
        return new DeletionOperation(deletion.operation(), BitmapName.of(deletion.checkpoint()), disks);
    }

    private static Operation backup(Machine machine, Pending.Backup backup) {
        List<DiskBackup> disks = new ArrayList<>();
        for (DiskPlan plan : backup.plan()) {
            machine.disk(plan.disk()).ifPresent(disk -> disks.add(diskBackup(machine, backup, plan, disk)));
        }
        if (backup.pull().isPresent()) {
            Pending.Backup.Pull pull = backup.pull().get();
            return new PullBackupOperation(
                    backup.operation(),
                    backup.backup(),
                    backup.repository(),
                    liveCheckpoint(machine, backup),
                    disks,
                    pull.terms(),
                    backup.quiesce(),
                    moment(machine, backup),
                    backup.requestedAt(),
                    backup.started(),
                    pull.ready(),
                    pull.finish(),
                    backup.abort());
        }
        return new PushBackupOperation(
                backup.operation(),
                backup.backup(),
                backup.repository(),
                liveCheckpoint(machine, backup),
                disks,
                backup.bytesPerSecondMax(),
                backup.compression(),
                backup.quiesce(),
                moment(machine, backup),
                backup.requestedAt(),
                backup.started(),
                backup.abort());
    }

    private static Optional<Moment> moment(Machine machine, Pending.Backup backup) {
        return backup.started()
                ? Optional.of(GuestConclusion.moment(machine, backup.operation(), backup.quiesce()))
                : Optional.empty();
    }

    /** A checkpoint that failed while its backup goes on is not tried again: a name is never used twice (hazard S4). */
    private static Optional<BackupCheckpoint> liveCheckpoint(Machine machine, Pending.Backup backup) {
        return backup.checkpoint().filter(own -> machine.checkpoint(own.id()).isPresent());
    }

    private static DiskBackup diskBackup(Machine machine, Pending.Backup backup, DiskPlan plan, Disk disk) {
        List<Link> before = linksBefore(backup.checkpoint(), disk);
        boolean tracked =
                liveCheckpoint(machine, backup).isPresent() && disk.facts().persistentBitmaps();
        Optional<BitmapName> previous =
                tracked && !before.isEmpty() ? Optional.of(before.getLast().bitmap()) : Optional.empty();
        List<BitmapName> merge = plan.kind() == BackupKind.INCREMENTAL
                ? plan.since().map(since -> from(since, before)).orElse(List.of())
                : List.of();
        Optional<TargetAddress> target = backup.request().targetsOfDisks().stream()
                .filter(named -> named.disk().equals(plan.disk()))
                .map(DiskTarget::address)
                .findFirst();
        return new DiskBackup(plan, tracked, previous, merge, target);
    }

    /** The chain as it was before the backup's own checkpoint was added to it. */
    private static List<Link> linksBefore(Optional<BackupCheckpoint> checkpoint, Disk disk) {
        return checkpoint.isEmpty() || disk.indexOf(checkpoint.get().id()) < 0
                ? disk.chain()
                : disk.chain().stream()
                        .filter(link -> !checkpoint.get().id().equals(link.checkpoint()))
                        .toList();
    }

    private static List<BitmapName> from(CheckpointId since, List<Link> links) {
        return links.stream()
                .dropWhile(link -> !link.checkpoint().equals(since))
                .map(Link::bitmap)
                .toList();
    }

    /** The disks on which an operation's new bitmap is expected; empty where it adds none. */
    static List<DiskName> trackedBy(Machine machine, Pending pending) {
        return switch (pending) {
            case Pending.Creation creation -> names(Selection.trackable(machine, creation.selection()));
            case Pending.Backup backup ->
                backup.checkpoint().isPresent()
                        ? names(Selection.trackable(
                                machine,
                                backup.plan().stream().map(DiskPlan::disk).toList()))
                        : List.of();
            case Pending.Deletion deletion -> List.of();
        };
    }

    private static List<DiskName> names(List<Disk> disks) {
        return disks.stream().map(Disk::name).toList();
    }
}
