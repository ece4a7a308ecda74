package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What lies in a repository's directory, from its manifests alone: whoever has lost the coordinator and its database restores with
 * this. Whatever is wrong with one backup hides no other.
 *
 * @param machines by their ids
 * @param faults what has a machine's name and cannot be read, each as a sentence
 * @param foreign what has another name than a machine, sorted; nobody looks into it
 */
public record RepositoryCatalogue(
        Path directory, List<CataloguedMachine> machines, List<String> faults, List<String> foreign) {
    private static final RepositoryName NAME = new RepositoryName("directory");

    public RepositoryCatalogue {
        machines = List.copyOf(machines);
        faults = List.copyOf(faults);
        foreign = List.copyOf(foreign);
    }

    /** Reads every manifest below the directory; refused if it is no repository. Unfinished backups are passed over. */
    public static RepositoryCatalogue of(Path directory) throws RepositoryException {
        try {
            // The root itself may be a link that the operator made; everything below is confined to where it leads.
            RepositoryTree tree = new RepositoryTree(directory.toRealPath());
            List<String> faults = new ArrayList<>();
            List<String> foreign = new ArrayList<>();
            List<CataloguedMachine> machines = new ArrayList<>();
            for (String entry : names(tree.root())) {
                Optional<MachineId> machine = identity(entry, MachineId::new);
                if (machine.isEmpty()) {
                    if (!entry.equals(RepositoryMark.FILE) && !entry.equals(EncryptionMark.FILE)) {
                        foreign.add(entry);
                    }
                    continue;
                }
                try {
                    machine(tree, machine.get()).ifPresent(machines::add);
                } catch (IOException | DirectoryIteratorException fault) {
                    faults.add(described(fault));
                }
            }
            if (machines.isEmpty()) {
                throw nothingIn(tree.root(), faults);
            }
            return new RepositoryCatalogue(tree.root(), machines, faults, foreign);
        } catch (IOException | DirectoryIteratorException fault) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "cannot read " + directory + ": " + described(fault), fault);
        }
    }

    /**
     * What is wrong with a backup's disks, and with the backups that they stand on, as far as it can be seen without reading the files to
     * their ends.
     */
    public List<DamagedDisk> visibleDamage(MachineId machine, CataloguedBackup backup) {
        RepositoryTree tree = new RepositoryTree(directory);
        return backup.manifest().stream()
                .flatMap(manifest -> manifest.disks().stream())
                // What lies elsewhere cannot be seen from here, and is not missing here.
                .filter(disk -> disk.target().isEmpty())
                .map(StoredDisk::disk)
                .flatMap(disk -> BackupChain.of(tree, machine, backup.id(), disk).firstFault().stream())
                .toList();
    }

    /**
     * Restores as a gateway does: every byte of every layer is compared with its manifest first. An interrupt stops it and removes what
     * it has made.
     *
     * @param operation a fresh one, which no other restore into that directory has
     * @param disks none means all
     * @param keys of what is encrypted
     */
    public List<RestoredDisk> restore(
            OperationId operation,
            MachineId machine,
            BackupId backup,
            List<DiskName> disks,
            Path to,
            RestoreFormat format,
            KeyRing keys,
            ProgressListener progress)
            throws RepositoryException, InterruptedException {
        Repositories repositories = new Repositories(Map.of(NAME, directory), Map.of(NAME, keys), CrashHook.NONE);
        RestoreOperation restore = new RestoreOperation(operation, backup, NAME, disks, to.toString(), format);
        try {
            Outcome outcome = new RepositoryWorker(repositories).outcome(restore, machine, progress);
            if (outcome instanceof Outcome.Done(Evidence.Restored(var restored))) {
                return restored;
            }
            throw new IllegalStateException("a restore ended with " + outcome);
        } catch (RepositoryException failure) {
            throw failure.unlessInterrupted();
        }
    }

    /**
     * Serves disks as they were at a backup, at once and without a copy; see {@link RestorePointExport}. To be closed by the caller.
     *
     * @param disks none means all
     * @param to a directory to be made, outside of the repository
     */
    public RestorePointExport export(
            MachineId machine, BackupId backup, List<DiskName> disks, Path to, boolean isWritable, KeyRing keys)
            throws RepositoryException, InterruptedException {
        try {
            Path parent = DurableFiles.parent(to.toAbsolutePath().normalize());
            if (!Files.isDirectory(parent)) {
                throw new RepositoryException(
                        FailureCode.UNSUPPORTED,
                        "there is no directory " + parent + " in which " + to + " could be made");
            }
            Path place = parent.toRealPath().resolve(to.getFileName());
            if (new Repositories(Map.of(NAME, directory)).contain(place)) {
                throw new RepositoryException(FailureCode.UNSUPPORTED, to + " lies in the repository");
            }
            return RestorePointExport.open(sound(machine, backup, disks), keys, place, isWritable);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot export backup " + backup, fault);
        }
    }

    /** Reads all that these disks of a backup stand on, none means all; refused if it is not what the manifests say. */
    public ReadBack readBack(MachineId machine, BackupId backup, List<DiskName> disks, ProgressListener progress)
            throws RepositoryException, InterruptedException {
        try {
            return ReadBack.of(sound(machine, backup, disks), progress);
        } catch (IOException fault) {
            throw RepositoryException.failed("cannot read backup " + backup, fault);
        } catch (RepositoryException failure) {
            throw failure.unlessInterrupted();
        }
    }

    /** As far as it can be seen without reading. */
    private List<BackupChain> sound(MachineId machine, BackupId backup, List<DiskName> disks)
            throws RepositoryException, IOException {
        List<BackupChain> chains = BackupChain.whole(new RepositoryTree(directory), machine, backup, disks);
        for (BackupChain chain : chains) {
            Optional<DamagedDisk> seen = chain.firstFault();
            if (seen.isPresent()) {
                throw RepositoryException.damaged(seen.get());
            }
        }
        return chains;
    }

    private static Optional<CataloguedMachine> machine(RepositoryTree tree, MachineId machine) throws IOException {
        Path directory = tree.machine(machine);
        DurableFiles.directoryExists(directory);
        List<CataloguedBackup> backups = new ArrayList<>();
        for (String entry : names(directory)) {
            identity(entry, BackupId::new).ifPresent(backup -> backups.add(backup(tree, machine, backup)));
        }
        return backups.isEmpty() ? Optional.empty() : Optional.of(new CataloguedMachine(machine, backups));
    }

    private static CataloguedBackup backup(RepositoryTree tree, MachineId machine, BackupId backup) {
        Path directory = tree.completed(machine, backup);
        try {
            DurableFiles.directoryExists(directory);
            return new CataloguedBackup(backup, Optional.of(ManifestFile.read(directory, machine, backup)), "");
        } catch (IOException fault) {
            return new CataloguedBackup(backup, Optional.empty(), FileFault.describe(fault));
        }
    }

    /** An empty repository, another directory, or one level too deep: that is what people name by mistake. */
    private static RepositoryException nothingIn(Path root, List<String> faults) throws IOException {
        String hint;
        if (!faults.isEmpty()) {
            hint = String.join("; ", faults);
        } else if (DurableFiles.attributes(root.resolve(RepositoryTree.MANIFEST_FILE))
                .isPresent()) {
            hint = "it is a backup's own directory; the repository is two levels above";
        } else if (holdsBackups(root)) {
            hint = "it is a machine's directory; the repository is the one above";
        } else {
            hint = "a repository holds <vm id>/<backup id>/" + RepositoryTree.MANIFEST_FILE;
        }
        return new RepositoryException(
                FailureCode.REPOSITORY_UNKNOWN, "there is no completed backup in " + root + ": " + hint);
    }

    private static boolean holdsBackups(Path directory) throws IOException {
        for (String entry : names(directory)) {
            Path manifest = directory.resolve(entry).resolve(RepositoryTree.MANIFEST_FILE);
            if (identity(entry, BackupId::new).isPresent() && Files.exists(manifest)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> names(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        }
        Collections.sort(names);
        return names;
    }

    private static <T> Optional<T> identity(String text, Function<String, T> constructor) {
        try {
            return Optional.of(constructor.apply(text));
        } catch (InvalidIdentity foreign) {
            return Optional.empty();
        }
    }

    private static String described(Exception fault) {
        Throwable reason = fault instanceof DirectoryIteratorException ? fault.getCause() : fault;
        return reason instanceof IOException io ? FileFault.describe(io) : String.valueOf(reason);
    }
}
