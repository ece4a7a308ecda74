package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/** One file of a disk's chain and what its manifest says of it. */
record Layer(MachineId machine, BackupId backup, StoredDisk stored, Path file) {
    DiskName disk() {
        return stored.disk();
    }

    /** What can be seen without reading the whole file: presence, kind, length, header. Empty if all is as the manifest says. */
    Optional<DamagedDisk> fault() {
        try {
            BasicFileAttributes attributes = DurableFiles.regularFile(file);
            if (attributes.size() != stored.fileSize()) {
                return Optional.of(damaged(
                        "has " + attributes.size() + " bytes, not " + stored.fileSize() + " as in the manifest"));
            }
            return QcowHeader.read(file)
                    .objection(stored.size(), backingFile(), stored.encryption().isPresent())
                    .map(this::damaged);
        } catch (IOException fault) {
            return Optional.of(damaged(FileFault.describe(fault)));
        }
    }

    /** With the key that its manifest names; refused if that is not there. */
    KeyedImage keyed(KeyRing keys) throws RepositoryException {
        if (stored.encryption().isEmpty()) {
            return KeyedImage.plain(file);
        }
        try {
            return new KeyedImage(file, Optional.of(keys.of(stored.encryption().get())));
        } catch (RepositoryException keyless) {
            throw new RepositoryException(
                    keyless.code(),
                    disk(),
                    RepositoryTree.relative(machine, backup, stored.file()) + ": " + keyless.detail(),
                    keyless);
        }
    }

    /** What the header must name. */
    Optional<String> backingFile() {
        return stored.parent().map(parent -> RepositoryTree.backingFile(parent, disk()));
    }

    DamagedDisk damaged(String detail) {
        return new DamagedDisk(disk(), RepositoryTree.relative(machine, backup, stored.file()), detail);
    }

    /** Which file it is and when it was last changed in any way: the same twice means that nobody touched it between. */
    Stamp stamp() throws IOException {
        BasicFileAttributes attributes = DurableFiles.regularFile(file);
        return new Stamp(
                String.valueOf(attributes.fileKey()),
                attributes.size(),
                attributes.lastModifiedTime().toInstant(),
                String.valueOf(Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)));
    }

    /** What {@link #stamp} compares. */
    record Stamp(String identity, long length, Instant modifiedAt, String changedAt) {}
}
