package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.BackupPlan.PlannedDisk;
import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.KeyIdentity;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code .partial} directory with its plan. Keeps invariant I7: under the backup's own name there are only files that nobody
 * writes to any more, that were fsynced, whose digests were read back after that, and whose whole chain is there.
 */
final class UnfinishedBackup implements PartialBackup {
    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedBackup.class);

    private final RepositoryTree tree;
    private final QemuImage images;
    private final CrashHook crash;
    private final AllowedTargets targets;
    private final KeyRing keys;
    private final UnfinishedFiles unfinished;
    private final MadeFiles made;
    private final BackupPlan plan;
    private final Path directory;

    UnfinishedBackup(
            RepositoryTree tree,
            QemuImage images,
            CrashHook crash,
            AllowedTargets targets,
            KeyRing keys,
            UnfinishedFiles unfinished,
            MadeFiles made,
            BackupPlan plan) {
        this.unfinished = unfinished;
        this.targets = targets;
        this.tree = tree;
        this.images = images;
        this.crash = crash;
        this.keys = keys;
        this.made = made;
        this.plan = plan;
        this.directory = tree.partial(plan.machine(), plan.backup());
    }

    @Override
    public Path target(DiskName disk) {
        return directory.resolve(RepositoryTree.file(plan.disk(disk).name()));
    }

    @Override
    public Optional<Elsewhere> elsewhere(DiskName disk) throws RepositoryException {
        PlannedDisk planned = plan.disk(disk);
        return planned.target().isPresent()
                ? Optional.of(new Elsewhere(planned.where(targets), planned.size()))
                : Optional.empty();
    }

    @Override
    public List<KeyedImage> layers(DiskName name) throws RepositoryException {
        PlannedDisk disk = plan.disk(name);
        List<KeyedImage> layers = new ArrayList<>();
        layers.add(keyed(disk));
        if (disk.parent().isPresent()) {
            BackupChain below = BackupChain.below(
                    tree,
                    plan.machine(),
                    disk.parent().get(),
                    name,
                    disk.plan().since().orElseThrow(),
                    disk.size());
            if (below.fault().isPresent()) {
                throw Parents.missing(disk, below.fault().get());
            }
            layers.addAll(below.images(keys));
        }
        return KeyedImage.isAnyEncrypted(layers) ? layers : layers.subList(0, 1);
    }

    @Override
    public void requireOpened(DiskName disk) throws RepositoryException {
        PlannedDisk planned = plan.disk(disk);
        if (planned.target().isEmpty()) {
            made.requireOpened(disk, target(disk));
            return;
        }
        try (HeldTarget held = HeldTarget.of(planned.where(targets))) {
            OpenedImage.require(held.place());
        }
    }

    @Override
    public Optional<KeyIdentity> key() {
        return plan.encryption().map(DiskEncryption::key);
    }

    private KeyedImage keyed(PlannedDisk disk) throws RepositoryException {
        Optional<DiskEncryption> encryption = plan.encryption(disk);
        return new KeyedImage(
                target(disk.name()),
                encryption.isPresent() ? Optional.of(keys.of(encryption.get())) : Optional.empty());
    }

    @Override
    public Manifest complete(BackupFacts facts, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        for (PlannedDisk disk : plan.disks()) {
            if (!facts.bytesCopied().containsKey(disk.name())) {
                throw new IllegalArgumentException("how much was copied of disk " + disk.name() + " is not told");
            }
        }
        try {
            return completeOnce(facts, progress);
        } catch (IOException fault) {
            throw Interruption.unlessInterrupted(
                    RepositoryException.failed("cannot complete backup " + plan.backup(), fault));
        }
    }

    private Manifest completeOnce(BackupFacts facts, ProgressListener progress)
            throws IOException, RepositoryException, InterruptedException {
        Path completed = tree.completed(plan.machine(), plan.backup());
        boolean renamed = tree.exists(plan.machine(), completed);
        if (renamed && !tree.exists(plan.machine(), directory)) {
            // The try before this one failed after the rename.
            syncName();
            targets.release(plan.backup().value());
            unfinished.release(directory);
            return ManifestFile.read(completed, plan.machine(), plan.backup());
        }
        if (renamed) {
            throw new RepositoryException(FailureCode.TARGET_EXISTS, "there is a completed backup " + plan.backup());
        }
        crash.at(CrashPoint.BEFORE_FILES_SYNCED);
        try (WrittenFiles written = WrittenFiles.open(made, files())) {
            try {
                return complete(facts, progress, written, completed);
            } catch (IOException fault) {
                throw written.spoken(Interruption.unlessInterrupted(
                        RepositoryException.failed("cannot complete backup " + plan.backup(), fault)));
            } catch (RepositoryException failure) {
                throw written.spoken(failure);
            }
        }
    }

    /** Those that are files, by the names that they have to have. */
    private Map<DiskName, Path> files() {
        Map<DiskName, Path> files = new LinkedHashMap<>();
        for (PlannedDisk disk : plan.disks()) {
            if (disk.target().isEmpty()) {
                files.put(disk.name(), target(disk.name()));
            }
        }
        return files;
    }

    private Manifest complete(BackupFacts facts, ProgressListener progress, WrittenFiles written, Path completed)
            throws IOException, RepositoryException, InterruptedException {
        try (Descriptor held = Descriptor.ofDirectory(directory)) {
            written.requireNamed(held);
        }
        for (PlannedDisk disk : plan.disks()) {
            if (disk.target().isPresent()) {
                // QEMU has flushed it; what a device still holds back by itself is asked for here.
                try (HeldTarget held = HeldTarget.of(disk.where(targets))) {
                    held.place().flush();
                }
            } else {
                Descriptor file = written.of(disk.name());
                requireFinished(disk, file);
                DurableFiles.sync(file);
            }
        }
        crash.at(CrashPoint.FILES_SYNCED);
        Map<DiskName, FileDigest> digests = digests(progress, written);
        crash.at(CrashPoint.DIGESTS_READ);
        Manifest manifest = manifest(facts, digests);
        try (Descriptor machine = Descriptor.ofDirectory(tree.machine(plan.machine()));
                Descriptor held = machine.directory(String.valueOf(directory.getFileName()))) {
            ManifestFile.write(held.path(), manifest);
            crash.at(CrashPoint.MANIFEST_WRITTEN);
            if (Thread.interrupted()) {
                // The last moment: with its name it is a backup, whoever wants it to end.
                throw new InterruptedException("interrupted before backup " + plan.backup() + " had its name");
            }
            // What was read back gets the name, and nothing else.
            written.requireNamed(held);
            Files.move(
                    machine.path().resolve(directory.getFileName()),
                    machine.path().resolve(completed.getFileName()),
                    StandardCopyOption.ATOMIC_MOVE);
            crash.at(CrashPoint.RENAMED);
            syncName();
            crash.at(CrashPoint.NAME_SYNCED);
            targets.release(plan.backup().value());
            unfinished.release(directory);
            dropPlan(held, completed);
            return manifest;
        }
    }

    /** Nobody writes to the file, it is the image that was asked for, and what it stands on is still there. */
    private void requireFinished(PlannedDisk disk, Descriptor file)
            throws IOException, RepositoryException, InterruptedException {
        Path target = target(disk.name());
        // The header first: it tells whether qemu-img may be let near the file at all.
        Optional<String> objection = QcowHeader.read(file)
                .objection(disk.size(), disk.backingFile(), plan.encryption().isPresent());
        if (objection.isPresent()) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, disk.name(), target + ": " + objection.get(), null);
        }
        Optional<DamagedDisk> below = Parents.fault(tree, plan.machine(), disk, keys);
        if (below.isPresent()) {
            throw Parents.missing(disk, below.get());
        }
        images.requireUnlocked(file.path());
        if (plan.encryption().isPresent()) {
            // The key file may have been exchanged when the target was made: what the manifest names must open it.
            images.requireOpens(new KeyedImage(file.path(), keyed(disk).key()));
        }
    }

    private Map<DiskName, FileDigest> digests(ProgressListener progress, WrittenFiles written)
            throws IOException, RepositoryException, InterruptedException {
        long total = 0;
        for (PlannedDisk disk : plan.disks()) {
            total += disk.target().isPresent() ? disk.size() : written.bytes(disk.name());
        }
        PhaseProgress phase = new PhaseProgress(progress, "digest", total);
        Map<DiskName, FileDigest> digests = new LinkedHashMap<>();
        List<SideBySide.Reading<FileDigest>> readings = new ArrayList<>();
        for (PlannedDisk disk : plan.disks()) {
            if (disk.target().isPresent()) {
                readings.add(() -> {
                    try (HeldTarget held = HeldTarget.of(disk.where(targets))) {
                        return TargetDigest.of(held.place(), disk.size(), phase::add);
                    }
                });
            } else {
                Descriptor file = written.of(disk.name());
                readings.add(() -> FileDigest.ofMedium(file, phase::add));
            }
        }
        List<FileDigest> read = SideBySide.all(readings);
        for (int index = 0; index < read.size(); index++) {
            digests.put(plan.disks().get(index).name(), read.get(index));
        }
        return digests;
    }

    private Manifest manifest(BackupFacts facts, Map<DiskName, FileDigest> digests) throws IOException {
        List<StoredDisk> disks = new ArrayList<>();
        for (PlannedDisk disk : plan.disks()) {
            FileDigest digest = Objects.requireNonNull(digests.get(disk.name()));
            Long bytes = Objects.requireNonNull(facts.bytesCopied().get(disk.name()));
            disks.add(new StoredDisk(
                    disk.name(),
                    disk.plan().kind(),
                    disk.parent().isPresent() ? disk.plan().since() : Optional.empty(),
                    disk.parent(),
                    disk.plan().cause(),
                    disk.plan().detail(),
                    disk.target().map(TargetAddress::value).orElse(RepositoryTree.file(disk.name())),
                    disk.size(),
                    digest.length(),
                    bytes,
                    digest.sha256(),
                    disk.target(),
                    plan.encryption(disk)));
        }
        return new Manifest(
                Manifest.version(Optional.empty(), disks),
                plan.backup(),
                plan.machine(),
                plan.machineName(),
                plan.operation(),
                plan.requestedAt(),
                Optional.of(Instant.now().truncatedTo(ChronoUnit.MILLIS)),
                plan.checkpoint(),
                facts.qemu(),
                plan.compression(),
                RepositoryMark.read(tree),
                Optional.of(facts.moment()),
                Optional.empty(),
                disks,
                plan.machineDisks());
    }

    private void syncName() throws IOException {
        DurableFiles.sync(tree.machine(plan.machine()));
        DurableFiles.sync(tree.root());
    }

    /** The plan has done its work. If it stays, it is one file too many and nothing worse. */
    private static void dropPlan(Descriptor held, Path completed) {
        try {
            Files.deleteIfExists(held.path().resolve(RepositoryTree.PLAN_FILE));
        } catch (IOException fault) {
            LOG.warn("the plan of a completed backup stays in {}: {}", completed, FileFault.describe(fault));
        }
    }
}
