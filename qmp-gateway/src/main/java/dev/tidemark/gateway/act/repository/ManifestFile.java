package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes manifests. Whoever can write into a repository can write a manifest, so nothing in one is believed: it must be of
 * the directory in which it lies, and its files must have the only names that they can have.
 */
final class ManifestFile {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int SECTOR_BYTES = 512;
    private static final Logger LOG = LoggerFactory.getLogger(ManifestFile.class);

    private ManifestFile() {}

    static void write(Path directory, Manifest manifest) throws IOException {
        StoredJson.write(directory.resolve(RepositoryTree.MANIFEST_FILE), manifest);
    }

    /** Its disks are those that lie there: where files are being exchanged, each file's header tells which it is. */
    static Manifest read(Path directory, MachineId machine, BackupId backup) throws IOException {
        Manifest manifest = readAsWritten(directory, machine, backup);
        return manifest.merged().isEmpty()
                ? manifest
                : manifest.merged(manifest.merged().get(), lying(directory, manifest));
    }

    /** With the disks as they are going to be when files have been exchanged. */
    static Manifest readAsWritten(Path directory, MachineId machine, BackupId backup) throws IOException {
        Path path = directory.resolve(RepositoryTree.MANIFEST_FILE);
        Manifest manifest =
                StoredJson.read(path, Manifest.class, Manifest.FORMAT_VERSION, Manifest.TARGETS_FORMAT_VERSION);
        require(
                path,
                manifest.formatVersion() == Manifest.version(manifest.merged(), manifest.disks()),
                "has another format version than it says");
        require(
                path,
                manifest.disks().stream().allMatch(disk -> disk.target().isEmpty() || disk.fileSize() == disk.size()),
                "tells of a target that holds another size than the disk's");
        require(path, manifest.backup().equals(backup), "is that of backup " + manifest.backup());
        require(path, manifest.machine().equals(machine), "is that of machine " + manifest.machine());
        require(path, !manifest.disks().isEmpty(), "tells of no disk");
        Set<DiskName> names = new HashSet<>();
        for (StoredDisk disk : manifest.disks()) {
            require(path, names.add(disk.disk()), "tells of disk " + disk.disk() + " twice");
            requireSound(path, manifest, disk);
        }
        Set<DiskName> replaced = new HashSet<>();
        for (StoredDisk before : manifest.replaced()) {
            Optional<StoredDisk> after = manifest.disk(before.disk());
            require(path, replaced.add(before.disk()), "tells of disk " + before.disk() + " twice");
            requireSound(path, manifest, before);
            require(
                    path,
                    before.parent().isPresent()
                            && after.isPresent()
                            && after.get().size() == before.size()
                            && !after.get().parent().equals(before.parent()),
                    "disk " + before.disk() + ": what it is and what it is to be cannot be told from each other");
        }
        return manifest;
    }

    private static List<StoredDisk> lying(Path directory, Manifest manifest) throws IOException {
        List<StoredDisk> disks = new ArrayList<>(manifest.disks());
        for (StoredDisk before : manifest.replaced()) {
            Path file = directory.resolve(before.file());
            Optional<String> below = before.parent().map(parent -> RepositoryTree.backingFile(parent, before.disk()));
            if (below.equals(backing(file))) {
                disks.replaceAll(disk -> disk.disk().equals(before.disk()) ? before : disk);
            }
        }
        return disks;
    }

    /** Empty also if the file cannot be read: that is for whoever looks at the file to say. */
    private static Optional<String> backing(Path file) throws IOException {
        try {
            return QcowHeader.read(file).backingFile();
        } catch (ClosedByInterruptException stopped) {
            throw stopped;
        } catch (IOException unreadable) {
            LOG.debug("cannot tell what {} stands on", file, unreadable);
            return Optional.empty();
        }
    }

    private static void requireSound(Path path, Manifest manifest, StoredDisk disk) throws IOException {
        String name = "disk " + disk.disk() + ": ";
        String file = disk.target().map(TargetAddress::value).orElse(RepositoryTree.file(disk.disk()));
        require(path, disk.file().equals(file), name + "its file is not " + file);
        require(
                path,
                disk.target().isEmpty() || disk.kind() == BackupKind.FULL,
                name + "nothing but all of it can lie at a target");
        boolean incremental = disk.kind() == BackupKind.INCREMENTAL;
        require(
                path,
                disk.parent().isPresent() == incremental && disk.since().isPresent() == incremental,
                name + "an incremental, and only that, has a parent and a checkpoint since which it is");
        require(path, !disk.parent().equals(Optional.of(manifest.backup())), name + "is its own parent");
        require(path, disk.size() >= 0 && disk.size() % SECTOR_BYTES == 0, name + "its size is " + disk.size());
        require(path, disk.fileSize() > 0 && disk.bytes() >= 0, name + "has a negative size");
        require(path, SHA256.matcher(disk.sha256()).matches(), name + "its sha256 is not one");
    }

    private static void require(Path path, boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new FileSystemException(path.toString(), null, otherwise);
        }
    }
}
