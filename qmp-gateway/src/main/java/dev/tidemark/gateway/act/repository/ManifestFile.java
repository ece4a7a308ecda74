package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads and writes manifests. Whoever can write into a repository can write a manifest, so nothing in one is believed: it must be of
 * the directory in which it lies, and its files must have the only names that they can have.
 */
final class ManifestFile {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int SECTOR_BYTES = 512;

    private ManifestFile() {}

    static void write(Path directory, Manifest manifest) throws IOException {
        StoredJson.write(directory.resolve(RepositoryTree.MANIFEST_FILE), manifest);
    }

    static Manifest read(Path directory, MachineId machine, BackupId backup) throws IOException {
        Path path = directory.resolve(RepositoryTree.MANIFEST_FILE);
        Manifest manifest = StoredJson.read(path, Manifest.class, Manifest.FORMAT_VERSION);
        require(path, manifest.backup().equals(backup), "is that of backup " + manifest.backup());
        require(path, manifest.machine().equals(machine), "is that of machine " + manifest.machine());
        require(path, !manifest.disks().isEmpty(), "tells of no disk");
        Set<DiskName> names = new HashSet<>();
        for (StoredDisk disk : manifest.disks()) {
            require(path, names.add(disk.disk()), "tells of disk " + disk.disk() + " twice");
            requireSound(path, manifest, disk);
        }
        return manifest;
    }

    private static void requireSound(Path path, Manifest manifest, StoredDisk disk) throws IOException {
        String name = "disk " + disk.disk() + ": ";
        require(
                path,
                disk.file().equals(RepositoryTree.file(disk.disk())),
                name + "its file is not " + RepositoryTree.file(disk.disk()));
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
