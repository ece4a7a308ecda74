package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.OpenExport;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.act.repository.Scratch;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.contract.RestoreExportOperation;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a reconciler does with the repositories of its host. */
public interface Storage {
    /** The unfinished backups of a machine in all repositories. */
    List<String> partialBackups(MachineId machine);

    /** Removes one of {@link #partialBackups}. */
    void discardPartial(MachineId machine, String partial) throws RepositoryException;

    /** The manifest of a backup that was completed. */
    Optional<Manifest> completed(RepositoryName repository, MachineId machine, BackupId backup)
            throws RepositoryException;

    /** Prepares the files that QEMU will write to. */
    PartialBackup begin(
            MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException;

    /** An unfinished backup, to go on with after a crash. */
    Optional<PartialBackup> partial(RepositoryName repository, MachineId machine, BackupId backup)
            throws RepositoryException;

    /** Prepares the files in which QEMU keeps what the guest overwrites while a client reads. */
    Scratch beginScratch(MachineId machine, PullBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException;

    /** Those of a pull backup that was begun. */
    Optional<Scratch> scratch(MachineId machine, PullBackupOperation operation) throws RepositoryException;

    /** Where a machine serves what clients pull. */
    ExportSocket exportSocket(MachineId machine);

    /** Bytes that can still be written beside a target. */
    long room(Path target) throws IOException;

    /** Serves a restore point when this returns. */
    OpenExport export(RestoreExportOperation operation, MachineId machine)
            throws RepositoryException, InterruptedException;

    /** The exports of a machine of which something is there, by whatever gateway. */
    List<OperationId> exportsLeft(MachineId machine);

    /** Ends one that another gateway served and left. */
    void endLeft(MachineId machine, OperationId export) throws RepositoryException, InterruptedException;

    /** Runs what needs the repository alone, to its end. */
    Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException;
}
