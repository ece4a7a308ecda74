package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a merge writes, beside the backup: nobody takes it for one, and whatever lies in it can go unless the backup's manifest
 * has announced it.
 */
final class MergeDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MergeDirectory.class);

    /** A backup that begins removes what merges left, while another thread may be at work with one. */
    private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Descriptor machine;
    /** None before it is there. */
    private @Nullable Descriptor held;

    /** Those that were made in it, held as long as it is. */
    private final Map<String, Descriptor> files = new ConcurrentHashMap<>();

    private MergeDirectory(Path path, Descriptor machine) {
        this.path = path;
        this.machine = machine;
    }

    /** It is nobody else's until it is closed; it need not be there, but the machine's must. */
    static MergeDirectory use(RepositoryTree tree, MachineId machine, BackupId backup) throws IOException {
        Path path = tree.merge(machine, backup);
        if (!IN_USE.add(path)) {
            throw new IllegalStateException("two merges at once in " + path);
        }
        boolean used = false;
        try {
            MergeDirectory directory = new MergeDirectory(path, Descriptor.ofDirectory(tree.machine(machine)));
            used = true;
            return directory;
        } finally {
            if (!used) {
                IN_USE.remove(path);
            }
        }
    }

    /** Makes it, and holds what was made: what takes its name from now on is nothing to a merge. */
    void make() throws IOException {
        DurableFiles.createDirectory(machine.path().resolve(path.getFileName()));
        hold();
    }

    private Descriptor hold() throws IOException {
        Descriptor found = machine.directory(String.valueOf(path.getFileName()));
        release();
        held = found;
        return found;
    }

    private void release() {
        files.values().forEach(Descriptor::close);
        files.clear();
        if (held != null) {
            held.close();
            held = null;
        }
    }

    /** What leads to it and nowhere else. */
    Path path() throws IOException {
        return (held == null ? hold() : held).path();
    }

    /** A new empty file: what is held is written, compared and read, whatever gets its name meanwhile. */
    Descriptor newFile(String name) throws IOException {
        Descriptor made = (held == null ? hold() : held).newFile(name);
        files.put(name, made);
        return made;
    }

    /** The one that was made with that name. */
    Descriptor file(String name) {
        return Objects.requireNonNull(files.get(name), () -> "no file was made as " + name);
    }

    void removeFile(String name) throws IOException {
        file(name).close();
        files.remove(name);
        Files.delete(path().resolve(name));
    }

    /** That this is the name of the file that was made. What a merge before this one had made is read before it is used. */
    void requireOurs(String name) throws IOException {
        Descriptor made = files.get(name);
        if (made != null
                && !MadeFiles.identity(made)
                        .equals(DurableFiles.regularFile(path().resolve(name)).fileKey())) {
            throw new FileSystemException(
                    path.resolve(name).toString(), null, "is another file than the one that was merged");
        }
    }

    /** Whether it is there; a link in its place is an error. */
    boolean exists() throws IOException {
        return held != null || DurableFiles.directoryExists(machine.path().resolve(path.getFileName()));
    }

    /** The directory of the machine's that the merge began with. */
    Descriptor machine() {
        return machine;
    }

    /** With the names by which people know these places. */
    RepositoryException spoken(RepositoryException failure) {
        RepositoryException spoken = failure.spoken(machine, DurableFiles.parent(path));
        for (Map.Entry<String, Descriptor> file : files.entrySet()) {
            spoken = spoken.spoken(file.getValue(), path.resolve(file.getKey()));
        }
        return held == null ? spoken : spoken.spoken(held, path);
    }

    /** Removes it with all that is in it, if it is there. */
    void remove() throws IOException {
        FlatRemoval.remove(machine, String.valueOf(path.getFileName()));
        release();
    }

    /** Removes it where failing to must not hide why. */
    void removeAfterFailure() {
        try {
            remove();
        } catch (IOException stays) {
            LOG.warn("what a merge wrote stays in {} until the next backup: {}", path, FileFault.describe(stays));
        }
    }

    /** Removes what is left of merges of this machine that nobody is at work with. */
    static void sweep(RepositoryTree tree, MachineId machine) throws IOException {
        if (!DurableFiles.directoryExists(tree.machine(machine))) {
            return;
        }
        for (BackupId left : tree.mergedBackups(machine)) {
            if (IN_USE.contains(tree.merge(machine, left))) {
                continue;
            }
            try (MergeDirectory directory = use(tree, machine, left)) {
                if (!isAnnounced(tree, machine, left)) {
                    directory.removeAfterFailure();
                }
            }
        }
    }

    private static boolean isAnnounced(RepositoryTree tree, MachineId machine, BackupId backup) throws IOException {
        try {
            return !ManifestFile.readAsWritten(tree.completed(machine, backup), machine, backup)
                    .replaced()
                    .isEmpty();
        } catch (ClosedByInterruptException stopped) {
            throw stopped;
        } catch (IOException unreadable) {
            // Without a manifest there is no backup either; with one that cannot be read nobody knows.
            LOG.debug("the manifest of backup {} cannot be read", backup, unreadable);
            return tree.exists(machine, tree.completed(machine, backup));
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }

    @Override
    public void close() {
        release();
        machine.close();
        IN_USE.remove(path);
    }
}
