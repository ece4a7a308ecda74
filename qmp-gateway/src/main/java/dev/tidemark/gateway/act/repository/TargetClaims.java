package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.BackupPlan.PlannedDisk;
import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which places backups lie at or are being written to, by the manifests and plans of all machines in all repositories of this host: the
 * log of one machine knows how its own were named, and only here can be seen that another name leads to the same place. Where that
 * cannot be seen, nothing is written.
 */
final class TargetClaims {
    private static final Logger LOG = LoggerFactory.getLogger(TargetClaims.class);

    private final Map<RepositoryName, Path> directories;
    private final AllowedTargets allowed;

    TargetClaims(Map<RepositoryName, Path> directories, AllowedTargets allowed) {
        this.directories = new TreeMap<>(directories);
        this.allowed = allowed;
    }

    /** To be asked after the place was claimed: what is completed meanwhile was claimed before. */
    void requireNone(Target place) throws RepositoryException, InterruptedException {
        for (Map.Entry<RepositoryName, Path> repository : directories.entrySet()) {
            try {
                RepositoryTree tree = new RepositoryTree(repository.getValue().toRealPath());
                for (MachineId machine : tree.machines()) {
                    requireNone(tree, machine, place);
                }
            } catch (IOException unseen) {
                throw Interruption.unlessInterrupted(new RepositoryException(
                        FailureCode.REPOSITORY_FAILED,
                        null,
                        place.address()
                                + ": whether a backup lies there cannot be told, and so nothing is written: repository '"
                                + repository.getKey() + "': " + FileFault.describe(unseen),
                        unseen));
            }
        }
    }

    private void requireNone(RepositoryTree tree, MachineId machine, Target place)
            throws RepositoryException, IOException {
        if (!DurableFiles.directoryExists(tree.machine(machine))) {
            return;
        }
        // The unfinished ones first: one that is completed meanwhile is found under its own name.
        for (BackupId backup : tree.partialBackups(machine)) {
            for (PlannedDisk disk : planned(tree.partial(machine, backup))) {
                boolean written = disk.place().map(place::overlaps).orElse(false);
                if (written || leadsTo(disk.target(), place)) {
                    throw claimed(
                            place, disk.name(), "unfinished backup", tree.partial(machine, backup), disk.target());
                }
            }
        }
        for (BackupId backup : tree.backups(machine)) {
            for (StoredDisk disk : stored(tree.completed(machine, backup), machine, backup)) {
                if (leadsTo(disk.target(), place)) {
                    throw claimed(place, disk.disk(), "backup", tree.completed(machine, backup), disk.target());
                }
            }
        }
    }

    private static RepositoryException claimed(
            Target place, DiskName disk, String kind, Path directory, Optional<TargetAddress> address) {
        // With the directory: the log may know no such backup (any more).
        return place.failed(
                FailureCode.TARGET_CLAIMED,
                "disk " + disk + " of the " + kind + " in " + directory + " lies there, as "
                        + address.map(TargetAddress::value).orElse("?"));
    }

    /** None if it was not begun to its end: then nothing was written. */
    private static List<PlannedDisk> planned(Path directory) throws IOException {
        Path plan = directory.resolve(RepositoryTree.PLAN_FILE);
        try {
            if (DurableFiles.attributes(plan).isEmpty()) {
                return List.of();
            }
            return StoredJson.read(plan, BackupPlan.class, BackupPlan.FORMAT_VERSION)
                    .disks();
        } catch (IOException unreadable) {
            if (isGone(plan)) {
                return List.of();
            }
            throw unreadable;
        }
    }

    private static List<StoredDisk> stored(Path directory, MachineId machine, BackupId backup) throws IOException {
        try {
            return ManifestFile.read(directory, machine, backup).disks();
        } catch (IOException unreadable) {
            if (isGone(directory)) {
                LOG.debug("backup {} was deleted meanwhile", backup, unreadable);
                return List.of();
            }
            throw unreadable;
        }
    }

    private static boolean isGone(Path path) {
        return Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private boolean leadsTo(Optional<TargetAddress> address, Target place) {
        if (address.isEmpty()) {
            return false;
        }
        try {
            return allowed.located(address.get()).overlaps(place);
        } catch (RepositoryException unreachable) {
            LOG.debug("{} leads nowhere now", address, unreachable);
            return address.get().equals(place.address());
        }
    }
}
