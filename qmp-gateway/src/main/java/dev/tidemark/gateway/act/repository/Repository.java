package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.util.Map;
import java.util.Optional;

/** One directory tree of backups. */
public final class Repository {
    /** The manifest of a backup that was completed; empty if there is none, or only an unfinished one. */
    public Optional<Manifest> completed(MachineId machine, BackupId backup) throws RepositoryException {
        return Unwritten.body();
    }

    /**
     * Prepares the files that QEMU will write to, and what is needed to complete them after a crash. An older unfinished try of the
     * same backup is removed. Refused if an incremental's parent does not lie here, whole, with everything it stands on.
     */
    public PartialBackup begin(
            MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        return Unwritten.body();
    }

    /** An unfinished backup as {@link #begin} left it, to go on with after a crash; empty if there is none or begin itself was cut off. */
    public Optional<PartialBackup> partial(MachineId machine, BackupId backup) throws RepositoryException {
        return Unwritten.body();
    }

    /** Removes an unfinished backup, if there is one. A completed one is not touched. */
    public void discard(MachineId machine, BackupId backup) throws RepositoryException {
        Unwritten.<Object>body();
    }
}
