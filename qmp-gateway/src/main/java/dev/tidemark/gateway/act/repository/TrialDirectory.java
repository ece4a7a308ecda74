package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room in the repository for what is restored for a look only, under a name that nobody takes for a backup. A crash leaves it behind:
 * the operation that goes on, and every later reading of a backup of that machine, removes it first.
 */
final class TrialDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(TrialDirectory.class);

    private final Path directory;
    /** The machine's directory, and this one in it; none before it is made. */
    private @Nullable Descriptor machine;

    private @Nullable Descriptor held;

    private final Map<DiskName, Descriptor> files = new HashMap<>();

    TrialDirectory(RepositoryTree tree, MachineId machine, OperationId operation) {
        this.directory = tree.trial(machine, operation);
    }

    /** Removes all that a crash has left. One operation at a time reads a machine's backups, so that nobody is at work there. */
    static void sweep(RepositoryTree tree, MachineId machine) throws IOException {
        List<String> left = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(tree.machine(machine), "*" + RepositoryTree.TRIAL_SUFFIX)) {
            entries.forEach(entry -> left.add(String.valueOf(entry.getFileName())));
        } catch (DirectoryIteratorException unlisted) {
            throw unlisted.getCause();
        }
        for (String name : left) {
            LOG.info(
                    "removing {}, which a crash has left", tree.machine(machine).resolve(name));
            FlatRemoval.remove(tree.machine(machine), name);
        }
    }

    void make() throws IOException {
        Descriptor above = Descriptor.ofDirectory(DurableFiles.parent(directory));
        boolean made = false;
        try {
            DurableFiles.createDirectory(above.path().resolve(directory.getFileName()));
            held = above.directory(String.valueOf(directory.getFileName()));
            machine = above;
            made = true;
        } finally {
            if (!made) {
                above.close();
            }
        }
    }

    /** What leads to what was made, whatever is done to the names on the way. */
    private Path here() {
        if (held == null) {
            throw new IllegalStateException("was not made: " + directory);
        }
        return held.path();
    }

    /** With the name by which people know it. */
    RepositoryException spoken(RepositoryException failure) {
        RepositoryException spoken = failure;
        for (Map.Entry<DiskName, Descriptor> file : files.entrySet()) {
            spoken = spoken.spoken(file.getValue(), directory.resolve(RepositoryTree.file(file.getKey())));
        }
        return held == null ? spoken : spoken.spoken(held, directory);
    }

    /** An empty file to write a disk into, which stays that one, whatever is done to its name. */
    Descriptor beginFile(DiskName disk) throws IOException {
        if (held == null) {
            throw new IllegalStateException("was not made: " + directory);
        }
        Descriptor made = held.newFile(RepositoryTree.file(disk));
        files.put(disk, made);
        return made;
    }

    void removeFile(DiskName disk) throws IOException {
        Descriptor made = files.remove(disk);
        if (made != null) {
            made.close();
        }
        Files.deleteIfExists(file(disk));
    }

    long bytesFree() throws IOException {
        return FreeSpace.bytes(here());
    }

    /** Also for whoever was interrupted: Java would close the files under it. */
    void remove() throws IOException {
        boolean interrupted = Thread.interrupted();
        files.values().forEach(Descriptor::close);
        files.clear();
        try {
            if (machine != null) {
                FlatRemoval.remove(machine, String.valueOf(directory.getFileName()));
            }
        } finally {
            if (held != null) {
                held.close();
            }
            if (machine != null) {
                machine.close();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    private Path file(DiskName disk) {
        return here().resolve(RepositoryTree.file(disk));
    }
}
