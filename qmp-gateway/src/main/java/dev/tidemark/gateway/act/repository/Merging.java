package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.Merge;
import dev.tidemark.gateway.act.repository.Manifest.Replaced;
import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes what a backup stands on into the backup, so that what lies between it and an older one is not needed for it any more. Nothing
 * is changed in place: new images are written beside the old ones, every byte of what they are made from is compared with its
 * manifest meanwhile, they are made durable and compared with what the backup holds, and only then take the old ones' places (see
 * {@link MergeSwap}). What the backup was made from is not touched: to delete it is another operation.
 */
final class Merging {
    private final RepositoryTree tree;
    private final QemuImage images;
    private final KeyRing keys;
    private final MachineId machine;
    private final MergeBackupOperation operation;
    private final CrashHook crash;

    Merging(
            RepositoryTree tree,
            QemuImage images,
            KeyRing keys,
            MachineId machine,
            MergeBackupOperation operation,
            CrashHook crash) {
        this.tree = tree;
        this.images = images;
        this.keys = keys;
        this.machine = machine;
        this.operation = operation;
        this.crash = crash;
    }

    Outcome run(ProgressListener progress) throws RepositoryException, InterruptedException {
        BackupId backup = operation.backup();
        try {
            if (!tree.exists(machine, tree.completed(machine, backup))) {
                throw Verification.missing(backup);
            }
            try (MergeDirectory drafts = MergeDirectory.use(tree, machine, backup);
                    Descriptor directory = drafts.machine().directory(backup.value())) {
                return run(drafts, directory, progress);
            }
        } catch (IOException fault) {
            throw failed(fault);
        }
    }

    private RepositoryException failed(IOException fault) throws InterruptedException {
        return Interruption.unlessInterrupted(
                RepositoryException.failed("cannot merge backup " + operation.backup(), fault));
    }

    /** Both places are held, and stay those that they were, whatever is done to their names. */
    private Outcome run(MergeDirectory drafts, Descriptor directory, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        BackupId backup = operation.backup();
        try {
            MergeSwap swap = new MergeSwap(machine, backup, directory, drafts, crash);
            swap.resume();
            // What a try before this one left, also after it was finished.
            drafts.remove();
            Manifest manifest = ManifestFile.read(directory.path(), machine, backup);
            List<DiskMerge> open = open(manifest);
            Optional<DamagedDisk> spoilt = spoilt(open);
            if (spoilt.isPresent()) {
                return new Outcome.Done(new Evidence.Damaged(List.of(spoilt.get())));
            }
            if (open.isEmpty()) {
                return done(manifest);
            }
            MergedImages copies = new MergedImages(
                    tree, images, keys, crash, machine, manifest, open, new LogRecord(operation.recorded()), drafts);
            Optional<DamagedDisk> damage = written(copies, drafts, progress);
            if (damage.isPresent()) {
                return new Outcome.Done(new Evidence.Damaged(List.of(damage.get())));
            }
            crash.at(CrashPoint.MERGE_COMPARED);
            manifest = swap.replace(manifest, operation.id(), copies.stored());
            drafts.remove();
            return done(manifest);
        } catch (IOException fault) {
            throw drafts.spoken(failed(fault)).spoken(directory, tree.completed(machine, backup));
        } catch (RepositoryException failure) {
            throw drafts.spoken(failure).spoken(directory, tree.completed(machine, backup));
        }
    }

    /** Whatever fails, nothing of it stays: until the manifest has announced them the images are nobody's. */
    private static Optional<DamagedDisk> written(MergedImages copies, MergeDirectory drafts, ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        Optional<DamagedDisk> damage;
        try {
            damage = copies.write(progress);
        } catch (IOException | RepositoryException | InterruptedException failure) {
            drafts.removeAfterFailure();
            throw failure;
        }
        if (damage.isPresent()) {
            drafts.removeAfterFailure();
        }
        return damage;
    }

    /** What is still to be done: a disk that stands already where it is to stand was merged by a try before this one. */
    private List<DiskMerge> open(Manifest manifest) throws RepositoryException {
        List<DiskMerge> open = new ArrayList<>();
        for (DiskMerge wanted : operation.disks()) {
            StoredDisk stored = manifest.disk(wanted.disk())
                    .orElseThrow(() -> new RepositoryException(
                            FailureCode.UNSUPPORTED,
                            wanted.disk(),
                            "backup " + operation.backup() + " does not hold it"));
            if (stored.parent().equals(Optional.of(wanted.parent()))) {
                open.add(wanted);
            } else if (!stored.parent().equals(wanted.onto())
                    || replaced(manifest, wanted).isEmpty()) {
                throw new RepositoryException(
                        FailureCode.EVIDENCE_CHANGED,
                        wanted.disk(),
                        "backup " + operation.backup() + " stands on "
                                + stored.parent().map(BackupId::value).orElse("nothing") + ", not on "
                                + wanted.parent());
            }
        }
        return open;
    }

    /** What a try before this one merged was lying there since, seen by nobody: it is read before it is told of. */
    private Optional<DamagedDisk> spoilt(List<DiskMerge> open) throws InterruptedException {
        for (DiskMerge wanted : operation.disks()) {
            if (open.contains(wanted)) {
                continue;
            }
            BackupChain chain = BackupChain.of(tree, machine, operation.backup(), wanted.disk());
            Optional<DamagedDisk> damage = chain.fault();
            if (!chain.layers().isEmpty()) {
                damage = LayerReading.of(chain.layers().getFirst(), bytes -> {})
                        .damage()
                        .or(chain::fault);
            }
            if (damage.isPresent()) {
                return damage;
            }
        }
        return Optional.empty();
    }

    private static Optional<Replaced> replaced(Manifest manifest, DiskMerge wanted) {
        for (Merge merge : manifest.merges().reversed()) {
            for (Replaced replaced : merge.disks()) {
                if (replaced.disk().equals(wanted.disk()) && replaced.parent().equals(wanted.parent())) {
                    return Optional.of(replaced);
                }
            }
        }
        return Optional.empty();
    }

    private Outcome done(Manifest manifest) {
        List<MergedDisk> disks = new ArrayList<>();
        for (DiskMerge wanted : operation.disks()) {
            Replaced replaced = replaced(manifest, wanted).orElseThrow();
            StoredDisk stored = manifest.disk(wanted.disk()).orElseThrow();
            disks.add(new MergedDisk(replaced.parent(), replaced.sha256(), manifest.completed(stored)));
        }
        return new Outcome.Done(new Evidence.Merged(disks));
    }
}
