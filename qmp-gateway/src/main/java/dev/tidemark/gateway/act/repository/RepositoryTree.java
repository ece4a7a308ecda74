package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where things lie: {@code <root>/<machine>/<backup>[.partial]/<disk>.qcow2}. Every component below the root is a validated id, so
 * that no text from a manifest ever becomes part of a path; directories that turn out to be symlinks are refused when they are used.
 */
record RepositoryTree(Path root) {
    static final String PARTIAL_SUFFIX = ".partial";
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

    /** Whether the directory of a backup is there; a symlink in its place, or in the machine's, is an error. */
    boolean exists(MachineId machine, Path backupDirectory) throws IOException {
        return DurableFiles.directoryExists(machine(machine)) && DurableFiles.directoryExists(backupDirectory);
    }

    static String file(DiskName disk) {
        return disk.value() + DISK_SUFFIX;
    }

    /** What the header of an incremental names as its backing file: it resolves in the unfinished directory too. */
    static String backingFile(BackupId parent, DiskName disk) {
        return "../" + parent.value() + "/" + file(disk);
    }

    /** How the log and people name a file: relative to the repository. */
    static String relative(MachineId machine, BackupId backup, String file) {
        return machine.value() + "/" + backup.value() + "/" + file;
    }
}
