package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files that one disk of a backup stands on, its own first and the full one last, as the manifests link them. Where the links
 * break, {@code fault} says how, and the layers are those above the break.
 *
 * <p>Each link is checked from both ends: an incremental since checkpoint K stands on the backup that made K, of a disk of the same
 * size. A parent that merely exists is not enough: on another base the same blocks would be another disk.
 *
 * @param link whose own file cannot be restored although it and the one below it are sound for themselves: where a link does not
 *     hold, reading the lower one again proves nothing for the upper one
 */
record BackupChain(List<Layer> layers, Optional<DamagedDisk> fault, Optional<DamagedDisk> link) {
    /** Longest chain: QEMU holds one open file per layer, and a hostile chain must end somewhere. The next backup is a full one. */
    static final int LENGTH_MAX = 256;

    BackupChain {
        layers = List.copyOf(layers);
    }

    static BackupChain of(RepositoryTree tree, MachineId machine, BackupId top, DiskName disk) {
        return of(tree, machine, top, disk, Optional.empty());
    }

    /** As seen from an incremental that is going to stand on it. */
    static BackupChain below(
            RepositoryTree tree, MachineId machine, BackupId parent, DiskName disk, CheckpointId since, long size) {
        return of(tree, machine, parent, disk, Optional.of(new Above(since, size)));
    }

    private static BackupChain of(
            RepositoryTree tree, MachineId machine, BackupId top, DiskName disk, Optional<Above> standsOnTop) {
        List<Layer> layers = new ArrayList<>();
        Set<BackupId> seen = new HashSet<>();
        BackupId at = top;
        try {
            Optional<Above> above = standsOnTop;
            Optional<BackupId> next = Optional.of(top);
            while (next.isPresent()) {
                at = next.get();
                Path directory = tree.completed(machine, at);
                requireLink(directory, seen.add(at), "the chain of disk " + disk + " comes back to this backup");
                requireLink(directory, seen.size() <= LENGTH_MAX, "the chain is longer than " + LENGTH_MAX);
                Layer layer = layer(tree, machine, at, disk, above);
                layers.add(layer);
                above = layer.stored()
                        .since()
                        .map(since -> new Above(since, layer.stored().size()));
                next = layer.stored().parent();
            }
            return new BackupChain(layers, Optional.empty(), Optional.empty());
        } catch (IOException broken) {
            String file = RepositoryTree.relative(machine, at, RepositoryTree.file(disk));
            DamagedDisk fault = new DamagedDisk(disk, file, FileFault.describe(broken));
            return new BackupChain(layers, Optional.of(fault), link(layers, seen, broken));
        }
    }

    /** A chain that has no end spoils the one from which it was followed; else it is the one right above the break. */
    private static Optional<DamagedDisk> link(List<Layer> layers, Set<BackupId> seen, IOException broken) {
        if (!(broken instanceof BrokenLink) || layers.isEmpty()) {
            return Optional.empty();
        }
        boolean endless = layers.size() == seen.size() || seen.size() > LENGTH_MAX;
        Layer spoilt = endless ? layers.getFirst() : layers.getLast();
        return Optional.of(spoilt.damaged("does not stand on the backup that it was made on: " + broken.getMessage()));
    }

    /** Of each of these disks of a backup, none means all; refused if one of them cannot be restored. */
    static List<BackupChain> whole(RepositoryTree tree, MachineId machine, BackupId backup, List<DiskName> disks)
            throws RepositoryException, IOException {
        Path directory = tree.completed(machine, backup);
        if (!tree.exists(machine, directory)) {
            throw Verification.missing(backup);
        }
        Manifest manifest;
        try {
            manifest = ManifestFile.read(directory, machine, backup);
        } catch (IOException unreadable) {
            throw new RepositoryException(FailureCode.BACKUP_DAMAGED, null, FileFault.describe(unreadable), unreadable);
        }
        List<DiskName> wanted = disks.isEmpty()
                ? manifest.disks().stream().map(StoredDisk::disk).toList()
                : disks.stream().distinct().toList();
        List<BackupChain> chains = new ArrayList<>();
        for (DiskName disk : wanted) {
            if (manifest.disk(disk).isEmpty()) {
                throw new RepositoryException(
                        FailureCode.UNSUPPORTED, disk, "backup " + backup + " does not hold it", null);
            }
            Optional<TargetAddress> elsewhere = manifest.disk(disk).flatMap(StoredDisk::target);
            if (elsewhere.isPresent()) {
                throw new RepositoryException(
                        FailureCode.BACKUP_ELSEWHERE,
                        disk,
                        "in backup " + backup + " it lies at " + elsewhere.get()
                                + ", not in the repository; read it there, it is raw",
                        null);
            }
            BackupChain chain = of(tree, machine, backup, disk);
            if (chain.fault().isPresent()) {
                throw RepositoryException.damaged(chain.fault().get());
            }
            chains.add(chain);
        }
        return chains;
    }

    /** From the disk's own file down to the full one, each with its key; refused if one is not there. */
    List<KeyedImage> images(KeyRing keys) throws RepositoryException {
        List<KeyedImage> images = new ArrayList<>();
        for (Layer layer : layers) {
            images.add(layer.keyed(keys));
        }
        return images;
    }

    /** The first thing that is wrong, as far as it can be seen without reading the files to their ends. */
    Optional<DamagedDisk> firstFault() {
        return layers.stream()
                .map(Layer::fault)
                .flatMap(Optional::stream)
                .findFirst()
                .or(() -> fault);
    }

    private static Layer layer(
            RepositoryTree tree, MachineId machine, BackupId backup, DiskName disk, Optional<Above> above)
            throws IOException {
        Path directory = tree.completed(machine, backup);
        require(directory, tree.exists(machine, directory), "there is no completed backup of that id");
        Manifest manifest = ManifestFile.read(directory, machine, backup);
        Optional<StoredDisk> stored = manifest.disk(disk);
        if (above.isPresent()) {
            requireLink(directory, stored.isPresent(), "the backup does not hold disk " + disk);
        }
        require(directory, stored.isPresent(), "the backup does not hold disk " + disk);
        if (above.isPresent()) {
            CheckpointId since = above.get().since();
            requireLink(
                    directory,
                    manifest.checkpoint()
                            .map(checkpoint -> checkpoint.id().equals(since))
                            .orElse(false),
                    "checkpoint " + since + ", since which the next incremental is, was not made by this backup");
            long size = stored.get().size();
            requireLink(
                    directory,
                    size == above.get().size(),
                    "disk " + disk + " had " + size + " bytes, and in the next incremental it has "
                            + above.get().size());
        }
        require(directory, stored.get().target().isEmpty(), "disk " + disk + " does not lie here");
        return new Layer(machine, backup, stored.get(), directory.resolve(RepositoryTree.file(disk)));
    }

    private static void require(Path path, boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new FileSystemException(path.toString(), null, otherwise);
        }
    }

    private static void requireLink(Path path, boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new BrokenLink(path, otherwise);
        }
    }

    /** Two manifests that do not fit each other. */
    private static final class BrokenLink extends FileSystemException {
        private static final long serialVersionUID = 1L;

        private BrokenLink(Path path, String reason) {
            super(path.toString(), null, reason);
        }
    }

    /** What an incremental demands of the backup below it. */
    private record Above(CheckpointId since, long size) {}
}
