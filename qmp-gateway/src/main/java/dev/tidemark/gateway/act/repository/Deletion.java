package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryIdentity;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a backup out of its repository. First its directory gets, durably, a name that nobody takes for a backup; then its files go.
 * So at any moment the backup is there, whole, or not at all. Nothing is done while another backup stands on it: the log keeps
 * that too, but a repository may hold more than the log knows of.
 */
final class Deletion {
    private static final Logger LOG = LoggerFactory.getLogger(Deletion.class);

    private final RepositoryTree tree;
    private final MachineId machine;
    private final DeleteBackupOperation operation;
    private final CrashHook crash;

    Deletion(RepositoryTree tree, MachineId machine, DeleteBackupOperation operation, CrashHook crash) {
        this.tree = tree;
        this.machine = machine;
        this.operation = operation;
        this.crash = crash;
    }

    Outcome run() throws RepositoryException {
        try {
            if (!DurableFiles.directoryExists(tree.machine(machine))) {
                return absent();
            }
            try (Descriptor held = Descriptor.ofDirectory(tree.machine(machine))) {
                return run(held);
            }
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot delete backup " + operation.backup(), fault);
        }
    }

    /** In the machine's directory as it was when it was first looked at, whatever is put in its place since. */
    private Outcome run(Descriptor held) throws RepositoryException, IOException {
        try {
            BackupId backup = operation.backup();
            sweep(tree, machine, Optional.of(backup));
            Path directory = held.path().resolve(backup.value());
            Path aside = held.path().resolve(backup.value() + RepositoryTree.DELETED_SUFFIX);
            boolean whole = DurableFiles.directoryExists(directory);
            if (!whole && !DurableFiles.directoryExists(aside)) {
                return absent();
            }
            if (whole) {
                requireNothingStandsOnIt();
                // Left by a deletion of before somebody brought the backup back.
                FlatRemoval.remove(held, String.valueOf(aside.getFileName()));
                FlatRemoval.remove(held, backup.value() + RepositoryTree.MERGE_SUFFIX);
                crash.at(CrashPoint.BEFORE_BACKUP_SET_ASIDE);
                Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
                crash.at(CrashPoint.BACKUP_SET_ASIDE);
            }
            DurableFiles.sync(held.path());
            crash.at(CrashPoint.BEFORE_BACKUP_REMOVED);
            Outcome done = new Outcome.Done(new Evidence.Removed(bytes(aside)));
            remove(held, tree.deleted(machine, backup));
            crash.at(CrashPoint.BACKUP_REMOVED);
            return done;
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot delete backup " + operation.backup(), fault)
                    .spoken(held, tree.machine(machine));
        }
    }

    private Outcome absent() throws RepositoryException, IOException {
        requireSameRepository();
        return new Outcome.Done(new Evidence.Removed(0));
    }

    /** Removes what is left of backups that were deleted, of this machine, except one that is being deleted. */
    static void sweep(RepositoryTree tree, MachineId machine, Optional<BackupId> except) throws IOException {
        if (!DurableFiles.directoryExists(tree.machine(machine))) {
            return;
        }
        try (Descriptor held = Descriptor.ofDirectory(tree.machine(machine))) {
            for (BackupId left : tree.deletedBackups(machine)) {
                if (!except.equals(Optional.of(left))) {
                    // Its new name may not be durable yet, and without its files the old one must not come back.
                    DurableFiles.sync(held.path());
                    remove(held, tree.deleted(machine, left));
                }
            }
        }
    }

    /** It is deleted already. What cannot be removed takes room and does nothing worse, until the next sweep. */
    private static void remove(Descriptor held, Path aside) throws IOException {
        try {
            FlatRemoval.remove(held, String.valueOf(aside.getFileName()));
        } catch (ClosedByInterruptException stopped) {
            throw stopped;
        } catch (IOException fault) {
            LOG.warn("a deleted backup's files stay in {}: {}", aside, FileFault.describe(fault));
        }
    }

    private void requireSameRepository() throws IOException, RepositoryException {
        Optional<RepositoryIdentity> found = RepositoryMark.read(tree);
        boolean same = operation.identity().isPresent()
                ? operation.identity().equals(found)
                : DurableFiles.directoryExists(tree.machine(machine));
        if (!same) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED,
                    "backup " + operation.backup() + " is not in " + tree.root()
                            + ", and neither is anything that shows"
                            + " this directory to be the repository it was written to; is it mounted?");
        }
    }

    private void requireNothingStandsOnIt() throws IOException, RepositoryException {
        List<BackupId> above = new ArrayList<>();
        for (BackupId other : tree.backups(machine)) {
            if (!other.equals(operation.backup()) && standsOnIt(other)) {
                above.add(other);
            }
        }
        if (!above.isEmpty()) {
            throw new RepositoryException(
                    FailureCode.BACKUP_NEEDED,
                    "backup " + operation.backup() + " is needed to restore " + above + ", which stand on it");
        }
    }

    /** By its manifest, or by what is written in its files: either is reason enough. What tells neither may stand on it. */
    private boolean standsOnIt(BackupId other) throws IOException, RepositoryException {
        Path directory = tree.completed(machine, other);
        boolean told = false;
        try {
            Manifest manifest = ManifestFile.read(directory, machine, other);
            if (manifest.disks().stream().anyMatch(disk -> disk.parent().equals(Optional.of(operation.backup())))) {
                return true;
            }
            told = true;
        } catch (ClosedByInterruptException stopped) {
            throw stopped;
        } catch (IOException unreadable) {
            LOG.warn("the manifest of backup {} cannot be read: {}", other, FileFault.describe(unreadable));
        }
        String below = RepositoryTree.backingDirectory(operation.backup());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, RepositoryTree.DISK_FILES)) {
            for (Path file : files) {
                try {
                    if (QcowHeader.read(file)
                            .backingFile()
                            .filter(name -> name.startsWith(below))
                            .isPresent()) {
                        return true;
                    }
                } catch (ClosedByInterruptException stopped) {
                    throw stopped;
                } catch (IOException unreadable) {
                    if (!told) {
                        throw new RepositoryException(
                                FailureCode.BACKUP_NEEDED,
                                null,
                                "backup " + other + " may stand on it: neither its manifest nor " + file
                                        + " can be read; delete that one first if it is of no use",
                                unreadable);
                    }
                    LOG.warn("{} cannot be read: {}", file, FileFault.describe(unreadable));
                }
            }
        }
        return false;
    }

    private static long bytes(Path directory) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                bytes += DurableFiles.attributes(file)
                        .map(attributes -> attributes.isRegularFile() ? attributes.size() : 0L)
                        .orElse(0L);
            }
        } catch (NoSuchFileException sweptMeanwhile) {
            LOG.debug("{} was swept by a backup that began", directory, sweptMeanwhile);
        }
        return bytes;
    }
}
