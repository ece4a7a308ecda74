package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.DiskName;
import java.nio.file.Path;

/** A backup that is being written: its files are there for QEMU to write to, and nothing calls it a backup yet. */
public interface PartialBackup {
    /** The absolute path of the qcow2 file that QEMU is to write; it exists and has the disk's size. */
    Path target(DiskName disk);

    /**
     * Makes it a backup: to be called when every job concluded without error and QEMU closed every target. Fsyncs the files, reads
     * their digests back, writes the manifest and renames. After a failure or a crash it can be called again, also on an adopted one.
     */
    Manifest complete(BackupFacts facts, ProgressListener progress) throws RepositoryException, InterruptedException;
}
