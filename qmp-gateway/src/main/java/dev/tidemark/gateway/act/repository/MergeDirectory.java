package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    private MergeDirectory(Path path) {
        this.path = path;
    }

    /** It is nobody else's until it is closed; it need not be there. */
    static MergeDirectory use(RepositoryTree tree, MachineId machine, BackupId backup) {
        Path path = tree.merge(machine, backup);
        if (!IN_USE.add(path)) {
            throw new IllegalStateException("two merges at once in " + path);
        }
        return new MergeDirectory(path);
    }

    Path path() {
        return path;
    }

    /** Removes it with all that is in it, if it is there. */
    void remove() throws IOException {
        FlatRemoval.remove(DurableFiles.parent(path), String.valueOf(path.getFileName()));
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
    public void close() {
        IN_USE.remove(path);
    }
}
