package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a backup and all that it stands on, to the last byte, and tells every disagreement with the manifests and with the log. Writes
 * nothing but what a deep one restores beside, and removes.
 */
final class Verification {
    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
    private static final String DISK_FILES = RepositoryTree.DISK_FILES;

    private final RepositoryTree tree;
    private final QemuImage images;
    private final AllowedTargets targets;
    private final KeyRing keys;
    private final MachineId machine;
    private final VerifyOperation operation;
    private final BackupId backup;
    private final LogRecord log;

    Verification(
            RepositoryTree tree,
            QemuImage images,
            AllowedTargets targets,
            KeyRing keys,
            MachineId machine,
            VerifyOperation operation) {
        this.targets = targets;
        this.tree = tree;
        this.images = images;
        this.keys = keys;
        this.machine = machine;
        this.operation = operation;
        this.backup = operation.backup();
        this.log = new LogRecord(operation.recorded());
    }

    Outcome run(ProgressListener progress) throws RepositoryException, InterruptedException {
        Path directory = tree.completed(machine, backup);
        try {
            if (!tree.exists(machine, directory)) {
                throw missing(backup);
            }
            TrialDirectory.sweep(tree, machine);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot read backup " + backup, fault);
        }
        Manifest manifest;
        try {
            manifest = ManifestFile.read(directory, machine, backup);
        } catch (IOException unreadable) {
            return withoutManifest(directory, unreadable);
        }
        List<DamagedDisk> damages = new ArrayList<>(log.leftOut(machine, backup, manifest));
        List<Layer> layers = new ArrayList<>();
        List<BackupChain> chains = new ArrayList<>();
        List<StoredDisk> elsewhere = new ArrayList<>();
        for (StoredDisk disk : manifest.disks()) {
            if (disk.target().isPresent()) {
                elsewhere.add(disk);
                continue;
            }
            BackupChain chain = BackupChain.of(tree, machine, backup, disk.disk());
            chains.add(chain);
            layers.addAll(chain.layers());
            chain.fault().ifPresent(damages::add);
            chain.link().ifPresent(damages::add);
        }
        if (operation.deep() && !elsewhere.isEmpty()) {
            throw new RepositoryException(
                    FailureCode.BACKUP_ELSEWHERE, "backup " + backup + " lies at targets, and is restored from none");
        }
        for (Layer layer : layers) {
            log.objection(layer).ifPresent(damages::add);
        }
        if (!damages.isEmpty()) {
            // Somebody who rewrote it could also have named another key: what is known already does not wait for one.
            return new Outcome.Done(new Evidence.Damaged(damages));
        }
        for (BackupChain chain : chains) {
            // Before hours of reading; and a key that is not there is no damage.
            chain.images(keys);
        }
        long total =
                layers.stream().mapToLong(layer -> layer.stored().fileSize()).sum()
                        + elsewhere.stream().mapToLong(StoredDisk::size).sum();
        PhaseProgress phase = new PhaseProgress(progress, "verify", total);
        for (Layer layer : layers) {
            damage(layer, phase).ifPresent(damages::add);
        }
        for (StoredDisk disk : elsewhere) {
            targetDamage(disk, phase).ifPresent(damages::add);
        }
        if (operation.deep() && damages.isEmpty()) {
            damages.addAll(trial(chains, progress));
        }
        return new Outcome.Done(
                damages.isEmpty() ? new Evidence.Verified(total, operation.deep()) : new Evidence.Damaged(damages));
    }

    private List<DamagedDisk> trial(List<BackupChain> chains, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        TrialDirectory scratch = new TrialDirectory(tree, machine, operation.id());
        try {
            return new TrialRestore(images, keys, scratch).run(chains, progress);
        } catch (IOException fault) {
            throw Interruption.unlessInterrupted(
                    RepositoryException.failed("cannot restore backup " + backup + " to " + scratch, fault));
        }
    }

    /** What cannot be reached says nothing of itself: that is a failure of the verification, not of the backup. */
    private Optional<DamagedDisk> targetDamage(StoredDisk disk, PhaseProgress phase)
            throws RepositoryException, InterruptedException {
        String address = disk.target().orElseThrow().value();
        Optional<String> rewritten = log.objection(backup, disk);
        if (rewritten.isPresent()) {
            return Optional.of(new DamagedDisk(disk.disk(), address, rewritten.get()));
        }
        Target place = targets.resolved(disk.target().get());
        long length = place.length(images);
        if (length == 0 && disk.size() > 0) {
            // A device that nothing is attached to says so.
            throw place.failed(FailureCode.TARGET_UNAVAILABLE, "it has 0 bytes, which is nothing that could be read");
        }
        if (length < disk.size()) {
            return Optional.of(new DamagedDisk(
                    disk.disk(), address, "it has " + length + " bytes left, and the disk has " + disk.size()));
        }
        FileDigest digest = TargetDigest.of(place, disk.size(), phase::add);
        return digest.sha256().equals(disk.sha256())
                ? Optional.empty()
                : Optional.of(new DamagedDisk(
                        disk.disk(),
                        address,
                        "what lies there is not the backup any more: sha256 is " + digest.sha256()
                                + ", in the manifest " + disk.sha256()));
    }

    static RepositoryException missing(BackupId backup) {
        return new RepositoryException(
                FailureCode.BASE_BACKUP_MISSING, "there is no completed backup " + backup + " in the repository");
    }

    private Optional<DamagedDisk> damage(Layer layer, PhaseProgress phase)
            throws RepositoryException, InterruptedException {
        Optional<DamagedDisk> rewritten = log.objection(layer);
        if (rewritten.isPresent()) {
            return rewritten;
        }
        LayerReading reading = LayerReading.of(layer, phase::add);
        if (reading.damage().isPresent()) {
            return reading.damage();
        }
        // Only now: qemu-img sees no file whose every byte is not what QEMU wrote.
        Optional<String> damage = images.check(layer.keyed(keys));
        if (damage.isPresent()) {
            // Once more: if the key went away meanwhile, then that is what was wrong.
            layer.keyed(keys);
        }
        return damage.map(layer::damaged);
    }

    /** The manifest alone could tell which disks there should be; those that have a file are damaged for certain. */
    private Outcome withoutManifest(Path directory, IOException unreadable) throws RepositoryException {
        String detail = FileFault.describe(unreadable);
        List<DamagedDisk> damages = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, DISK_FILES)) {
            for (Path path : files) {
                String file = String.valueOf(path.getFileName());
                diskOf(file)
                        .ifPresent(disk -> damages.add(
                                new DamagedDisk(disk, RepositoryTree.relative(machine, backup, file), detail)));
            }
        } catch (IOException | DirectoryIteratorException unlisted) {
            LOG.warn("cannot list {}", directory, unlisted);
        }
        if (damages.isEmpty()) {
            throw new RepositoryException(FailureCode.BACKUP_DAMAGED, null, detail, unreadable);
        }
        return new Outcome.Done(new Evidence.Damaged(damages));
    }

    private static Optional<DiskName> diskOf(String file) {
        try {
            return Optional.of(new DiskName(file.substring(0, file.length() - DISK_FILES.length() + 1)));
        } catch (InvalidIdentity foreign) {
            LOG.debug("no disk of ours: {}", file, foreign);
            return Optional.empty();
        }
    }
}
