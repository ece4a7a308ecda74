package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
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

    /** Bytes that can still be written beside a target. */
    long room(Path target) throws IOException;

    /** Runs what needs the repository alone, to its end. */
    Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException;
}
