package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.BackupPlan.PlannedDisk;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.EncryptionFormat;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One directory tree of backups. What was completed in it is never written to again. */
public final class Repository {
    private static final Logger LOG = LoggerFactory.getLogger(Repository.class);
    private static final int SECTOR_BYTES = 512;

    private final RepositoryTree tree;
    private final QemuImage images;
    private final CrashHook crash;
    private final AllowedTargets targets;
    private final TargetClaims claims;
    private final KeyRing keys;
    private final UnfinishedFiles unfinished;
    private final TargetFiles files;

    Repository(
            RepositoryTree tree,
            QemuImage images,
            CrashHook crash,
            AllowedTargets targets,
            TargetClaims claims,
            KeyRing keys,
            UnfinishedFiles unfinished) {
        this.unfinished = unfinished;
        this.targets = targets;
        this.claims = claims;
        this.tree = tree;
        this.images = images;
        this.crash = crash;
        this.keys = keys;
        this.files = new TargetFiles(tree, images);
    }

    /**
     * The manifest of a backup that was completed; empty if there is none, or only an unfinished one. What is returned is durable,
     * also if a crash came between the rename and its fsync.
     */
    public Optional<Manifest> completed(MachineId machine, BackupId backup) throws RepositoryException {
        Path directory = tree.completed(machine, backup);
        try {
            if (!tree.exists(machine, directory)) {
                return Optional.empty();
            }
            Manifest manifest = ManifestFile.read(directory, machine, backup);
            DurableFiles.sync(tree.machine(machine));
            DurableFiles.sync(tree.root());
            return Optional.of(manifest);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot read backup " + backup, fault);
        }
    }

    /**
     * Prepares the files that QEMU will write to, and what is needed to complete them after a crash. An older unfinished try of the
     * same backup is removed. Refused if an incremental's parent does not lie here, whole, with everything it stands on.
     */
    public PartialBackup begin(
            MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        Optional<EncryptionKey> key = keys.forWriting();
        if (key.isPresent() && operation.compression().isPresent()) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED, "QEMU cannot compress what it encrypts, and this repository is encrypted");
        }
        if (key.isPresent()
                && operation.disks().stream().anyMatch(disk -> disk.target().isPresent())) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED,
                    "this repository is encrypted, and what goes to a target would lie there open: name one that is not");
        }
        BackupPlan plan = plan(machine, name, operation, disks, key);
        try {
            if (!Files.isWritable(tree.root())) {
                throw new RepositoryException(
                        FailureCode.REPOSITORY_FAILED, "the directory " + tree.root() + " cannot be written");
            }
            if (tree.exists(machine, tree.completed(machine, plan.backup()))) {
                throw new RepositoryException(
                        FailureCode.TARGET_EXISTS, "there is a completed backup " + plan.backup());
            }
            EncryptionMark.heed(tree, key.isPresent());
            discard(machine, plan.backup());
            for (PlannedDisk disk : plan.disks()) {
                Optional<DamagedDisk> fault = Parents.fault(tree, machine, disk, keys);
                if (fault.isPresent()) {
                    throw Parents.missing(disk, fault.get());
                }
            }
            files.makeMachineDirectory(machine);
            RepositoryMark.makeIfAbsent(tree);
            Deletion.sweep(tree, machine, Optional.empty());
            MergeDirectory.sweep(tree, machine);
        } catch (IOException fault) {
            throw Interruption.unlessInterrupted(
                    RepositoryException.failed("cannot begin backup " + plan.backup(), fault));
        }
        MadeFiles made = unfinished.begin(tree.partial(machine, plan.backup()));
        boolean begun = false;
        try {
            plan = plan.with(placed(plan));
            files.make(plan, key, made);
            begun = true;
        } catch (IOException fault) {
            throw Interruption.unlessInterrupted(
                    RepositoryException.failed("cannot begin backup " + plan.backup(), fault));
        } finally {
            if (!begun) {
                discardAfterFailure(plan.machine(), plan.backup());
            }
        }
        return new UnfinishedBackup(tree, images, crash, targets, keys, unfinished, made, plan);
    }

    private List<PlannedDisk> placed(BackupPlan plan) throws RepositoryException, InterruptedException {
        List<PlannedDisk> placed = new ArrayList<>();
        Map<PlannedDisk, Target> places = new LinkedHashMap<>();
        for (PlannedDisk disk : plan.disks()) {
            if (disk.target().isEmpty()) {
                placed.add(disk);
                continue;
            }
            Target place = targets.resolved(disk.target().get());
            targets.claim(place, plan.backup().value(), disk.name());
            claims.requireNone(place);
            places.put(disk, place);
            placed.add(disk.at(place));
        }
        for (Map.Entry<PlannedDisk, Target> each : places.entrySet()) {
            each.getValue().requireFit(images, each.getKey().size());
        }
        return placed;
    }

    /** Prepares the files in which QEMU keeps what the guest overwrites while a client reads. Those of an older try are removed. */
    public Scratch beginScratch(MachineId machine, PullBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        Map<DiskName, Long> sizes = sizes(operation, disks);
        Path directory = tree.partial(machine, operation.backup());
        Optional<EncryptionKey> scratchKey = keys.forWriting();
        MadeFiles made = unfinished.begin(directory);
        ScratchFiles scratch = new ScratchFiles(directory, List.copyOf(sizes.keySet()), scratchKey, made);
        boolean begun = false;
        try {
            if (!Files.isWritable(tree.root())) {
                throw new RepositoryException(
                        FailureCode.REPOSITORY_FAILED, "the directory " + tree.root() + " cannot be written");
            }
            EncryptionMark.heed(tree, scratchKey.isPresent());
            discard(machine, operation.backup());
            files.makeMachineDirectory(machine);
            files.makeScratch(machine, operation.backup(), sizes, scratchKey, made);
            begun = true;
            return scratch;
        } catch (IOException fault) {
            throw Interruption.unlessInterrupted(
                    RepositoryException.failed("cannot begin pull backup " + operation.backup(), fault));
        } finally {
            if (!begun) {
                discardAfterFailure(machine, operation.backup());
            }
        }
    }

    /** The files of a pull backup that was begun; empty if they are not all there. */
    public Optional<Scratch> scratch(MachineId machine, PullBackupOperation operation) throws RepositoryException {
        Path directory = tree.partial(machine, operation.backup());
        ScratchFiles scratch = new ScratchFiles(
                directory,
                operation.disks().stream().map(disk -> disk.plan().disk()).toList(),
                // Opened they are already.
                Optional.empty(),
                new MadeFiles());
        try {
            if (!tree.exists(machine, directory)) {
                return Optional.empty();
            }
            for (DiskName disk : scratch.disks()) {
                if (DurableFiles.attributes(scratch.file(disk)).isEmpty()) {
                    return Optional.empty();
                }
            }
            return Optional.of(scratch);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot look at pull backup " + operation.backup(), fault);
        }
    }

    /** An unfinished backup as {@link #begin} left it, to go on with after a crash; empty if there is none or begin itself was cut off. */
    public Optional<PartialBackup> partial(MachineId machine, BackupId backup) throws RepositoryException {
        Path directory = tree.partial(machine, backup);
        Path file = directory.resolve(RepositoryTree.PLAN_FILE);
        try {
            if (!tree.exists(machine, directory)
                    || DurableFiles.attributes(file).isEmpty()) {
                return Optional.empty();
            }
            BackupPlan plan = StoredJson.read(file, BackupPlan.class, BackupPlan.FORMAT_VERSION);
            if (!plan.machine().equals(machine) || !plan.backup().equals(backup)) {
                throw new RepositoryException(
                        FailureCode.REPOSITORY_FAILED, file + " is the plan of another backup: " + plan.backup());
            }
            for (PlannedDisk disk : plan.disks()) {
                if (disk.target().isPresent()) {
                    // Also after a restart nobody else gets it.
                    targets.claim(disk.where(targets), backup.value(), disk.name());
                }
            }
            MadeFiles made = unfinished.of(
                    directory,
                    plan.disks().stream()
                            .filter(disk -> disk.target().isEmpty())
                            .map(PlannedDisk::name)
                            .toList());
            return Optional.of(new UnfinishedBackup(tree, images, crash, targets, keys, unfinished, made, plan));
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot go on with backup " + backup, fault);
        }
    }

    /** Removes an unfinished backup, if there is one. A completed one is not touched. */
    public void discard(MachineId machine, BackupId backup) throws RepositoryException {
        targets.release(backup.value());
        // Before they are removed: some network file systems keep what is open under another name.
        unfinished.release(tree.partial(machine, backup));
        try {
            if (DurableFiles.directoryExists(tree.machine(machine))) {
                FlatRemoval.remove(tree.machine(machine), backup.value() + RepositoryTree.PARTIAL_SUFFIX);
            }
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot remove the unfinished backup " + backup, fault);
        }
    }

    RepositoryTree tree() {
        return tree;
    }

    KeyRing keys() {
        return keys;
    }

    private static BackupPlan plan(
            MachineId machine,
            MachineName name,
            PushBackupOperation operation,
            Map<DiskName, DiskFacts> disks,
            Optional<EncryptionKey> key)
            throws RepositoryException {
        Map<DiskName, Long> sizes = sizes(operation, disks);
        List<PlannedDisk> planned = new ArrayList<>();
        for (DiskBackup disk : operation.disks()) {
            long size = sizes.getOrDefault(disk.plan().disk(), 0L);
            planned.add(new PlannedDisk(disk.plan(), size, disk.target()));
        }
        return new BackupPlan(
                BackupPlan.FORMAT_VERSION,
                operation.id(),
                operation.backup(),
                machine,
                name,
                operation.requestedAt(),
                operation.checkpoint(),
                operation.compression(),
                planned,
                Optional.of(disks.values().stream()
                        .sorted(Comparator.comparing(DiskFacts::name))
                        .toList()),
                key.map(known -> new DiskEncryption(EncryptionFormat.LUKS, known.identity())));
    }

    /** The virtual size that each file has to have, in the operation's order. */
    private static Map<DiskName, Long> sizes(BackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException {
        Map<DiskName, Long> sizes = new LinkedHashMap<>();
        for (DiskBackup disk : operation.disks()) {
            DiskName diskName = disk.plan().disk();
            DiskFacts facts = disks.get(diskName);
            if (facts == null || sizes.containsKey(diskName)) {
                throw new IllegalArgumentException("disk " + diskName + " has no facts, or comes twice");
            }
            if (facts.virtualSize() < 0 || facts.virtualSize() % SECTOR_BYTES != 0) {
                // qcow2 rounds up to sectors, and QEMU refuses a target of another size than the source.
                throw new RepositoryException(
                        FailureCode.UNSUPPORTED,
                        diskName,
                        "its size of " + facts.virtualSize() + " bytes is no multiple of " + SECTOR_BYTES,
                        null);
            }
            sizes.put(diskName, facts.virtualSize());
        }
        if (sizes.isEmpty()) {
            throw new RepositoryException(FailureCode.NOTHING_TO_DO, "the backup has no disk");
        }
        return sizes;
    }

    private void discardAfterFailure(MachineId machine, BackupId backup) {
        try {
            discard(machine, backup);
        } catch (RepositoryException left) {
            LOG.warn("what a failed begin had made of backup {} stays: {}", backup, left.getMessage());
        }
    }
}
