package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.KeyIdentity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A backup that is being written: its files are there for QEMU to write to, and nothing calls it a backup yet. */
public interface PartialBackup {
    /** The absolute path of the qcow2 file that QEMU is to write; it exists and has the disk's size. */
    Path target(DiskName disk);

    /** Where QEMU is to write instead, and how much; empty if it is the file. */
    default Optional<Elsewhere> elsewhere(DiskName disk) throws RepositoryException {
        return Optional.empty();
    }

    /** A place that is no file, and the disk's size in bytes. */
    record Elsewhere(Target place, long size) {}

    /**
     * What QEMU has to be told of to open the target, that first. What the target stands on follows only if one of them all is
     * encrypted: else QEMU finds it by itself.
     */
    default List<KeyedImage> layers(DiskName disk) throws RepositoryException {
        return List.of(KeyedImage.plain(target(disk)));
    }

    /**
     * Refused unless the file that QEMU has opened by now is {@link #target}, or the device that was looked at, and not one that was put
     * in its place. A server is believed to be the one that answers at its address.
     */
    void requireOpened(DiskName disk) throws RepositoryException;

    /** The key with which the targets are encrypted. */
    default Optional<KeyIdentity> key() {
        return Optional.empty();
    }

    /**
     * Makes it a backup: to be called when every job concluded without error and QEMU closed every target. Fsyncs the files, reads
     * their digests back, writes the manifest and renames. After a failure or a crash it can be called again, also on an adopted one.
     */
    Manifest complete(BackupFacts facts, ProgressListener progress) throws RepositoryException, InterruptedException;
}
