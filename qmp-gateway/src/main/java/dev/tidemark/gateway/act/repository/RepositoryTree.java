package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.InvalidIdentity;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Where things lie: {@code <root>/<machine>/<backup>[.partial|.deleted|.merge]/<disk>.qcow2}, and while a backup is restored for
 * a look only, {@code <root>/<machine>/<operation>.trial}. Every component below the root is a validated id, so
 * that no text from a manifest ever becomes part of a path; directories that turn out to be symlinks are refused when they are used.
 */
record RepositoryTree(Path root) {
    static final String PARTIAL_SUFFIX = ".partial";
    static final String DELETED_SUFFIX = ".deleted";
    static final String MERGE_SUFFIX = ".merge";
    static final String TRIAL_SUFFIX = ".trial";
    static final String DISK_FILES = "*.qcow2";
    static final String MANIFEST_FILE = "manifest.json";
    static final String PLAN_FILE = "plan.json";
    private static final String DISK_SUFFIX = ".qcow2";

    Path machine(MachineId machine) {
        return root.resolve(machine.value());
    }

    Path completed(MachineId machine, BackupId backup) {
        return machine(machine).resolve(backup.value());
    }

    Path partial(MachineId machine, BackupId backup) {
        return machine(machine).resolve(backup.value() + PARTIAL_SUFFIX);
    }

    Path deleted(MachineId machine, BackupId backup) {
        return machine(machine).resolve(backup.value() + DELETED_SUFFIX);
    }

    /** Where a merge writes the images that are to take the places of a backup's own. */
    Path merge(MachineId machine, BackupId backup) {
        return machine(machine).resolve(backup.value() + MERGE_SUFFIX);
    }

    Path trial(MachineId machine, OperationId operation) {
        return machine(machine).resolve(operation.value() + TRIAL_SUFFIX);
    }

    /** Whatever has the name of a completed backup, sorted. */
    List<BackupId> backups(MachineId machine) throws IOException {
        return named(machine, "");
    }

    /** Whatever has the name of a machine's directory, sorted. */
    List<MachineId> machines() throws IOException {
        List<MachineId> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
            for (Path entry : entries) {
                machineNamed(String.valueOf(entry.getFileName())).ifPresent(found::add);
            }
        } catch (DirectoryIteratorException unlisted) {
            throw unlisted.getCause();
        }
        Collections.sort(found);
        return found;
    }

    private static Optional<MachineId> machineNamed(String name) {
        try {
            return Optional.of(new MachineId(name));
        } catch (InvalidIdentity foreign) {
            return Optional.empty();
        }
    }

    /** Whose directory has the name of an unfinished one, sorted. */
    List<BackupId> partialBackups(MachineId machine) throws IOException {
        return named(machine, PARTIAL_SUFFIX);
    }

    /** Whose deletion was begun and whose files are still there, sorted. */
    List<BackupId> deletedBackups(MachineId machine) throws IOException {
        return named(machine, DELETED_SUFFIX);
    }

    /** Whose merge was begun and has left something, sorted. */
    List<BackupId> mergedBackups(MachineId machine) throws IOException {
        return named(machine, MERGE_SUFFIX);
    }

    /** Empty for what is not of a backup of ours. */
    private static Optional<BackupId> backup(String name) {
        try {
            return Optional.of(new BackupId(name));
        } catch (InvalidIdentity foreign) {
            return Optional.empty();
        }
    }

    private List<BackupId> named(MachineId machine, String suffix) throws IOException {
        List<BackupId> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(machine(machine), "*" + suffix)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                backup(name.substring(0, name.length() - suffix.length())).ifPresent(found::add);
            }
        } catch (DirectoryIteratorException unlisted) {
            throw unlisted.getCause();
        }
        Collections.sort(found);
        return found;
    }

    /** Whether the directory of a backup is there; a symlink in its place, or in the machine's, is an error. */
    boolean exists(MachineId machine, Path backupDirectory) throws IOException {
        return DurableFiles.directoryExists(machine(machine)) && DurableFiles.directoryExists(backupDirectory);
    }

    static String file(DiskName disk) {
        return disk.value() + DISK_SUFFIX;
    }

    /** What the header of an incremental names as its backing file: it resolves in the unfinished directory too. */
    static String backingFile(BackupId parent, DiskName disk) {
        return backingDirectory(parent) + file(disk);
    }

    /** How every name of a backing file in that backup begins. */
    static String backingDirectory(BackupId parent) {
        return "../" + parent.value() + "/";
    }

    /** How the log and people name a file: relative to the repository. */
    static String relative(MachineId machine, BackupId backup, String file) {
        return machine.value() + "/" + backup.value() + "/" + file;
    }
}
