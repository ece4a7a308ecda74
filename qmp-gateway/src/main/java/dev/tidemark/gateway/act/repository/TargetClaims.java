package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which places backups of a machine lie at, by their manifests: the log knows how they were named, and only here can be seen that
 * another name leads to the same place.
 */
final class TargetClaims {
    private static final Logger LOG = LoggerFactory.getLogger(TargetClaims.class);

    private TargetClaims() {}

    static void requireNone(RepositoryTree tree, AllowedTargets allowed, MachineId machine, Target place)
            throws RepositoryException, IOException {
        if (!DurableFiles.directoryExists(tree.machine(machine))) {
            return;
        }
        for (BackupId backup : tree.backups(machine)) {
            for (StoredDisk disk : disks(tree.completed(machine, backup), machine, backup)) {
                if (disk.target().isPresent() && leadsTo(allowed, disk.target().get(), place)) {
                    throw place.failed(
                            FailureCode.TARGET_CLAIMED,
                            "disk " + disk.disk() + " of backup " + backup + " lies there, as "
                                    + disk.target().get());
                }
            }
        }
    }

    private static Iterable<StoredDisk> disks(Path directory, MachineId machine, BackupId backup) throws IOException {
        try {
            return ManifestFile.read(directory, machine, backup).disks();
        } catch (ClosedByInterruptException stopped) {
            throw stopped;
        } catch (IOException unreadable) {
            LOG.warn("the manifest of backup {} cannot be read: {}", backup, FileFault.describe(unreadable));
            return List.of();
        }
    }

    private static boolean leadsTo(AllowedTargets allowed, TargetAddress address, Target place) {
        try {
            return allowed.resolved(address).identity().equals(place.identity());
        } catch (RepositoryException unreachable) {
            LOG.debug("{} leads nowhere now", address, unreachable);
            return address.equals(place.address());
        }
    }
}
