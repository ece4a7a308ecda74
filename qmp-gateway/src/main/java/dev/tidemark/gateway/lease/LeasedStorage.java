package dev.tidemark.gateway.lease;

import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.OpenExport;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.act.repository.Scratch;
import dev.tidemark.gateway.reconcile.Storage;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Repositories in which something is begun under one term only. Without the lease for a while, it waits: nothing has failed. What was
 * begun goes on: it writes to places that bear the id of its operation.
 */
public record LeasedStorage(Storage storage, Term term) implements Storage {
    private static final Duration ROUND = Duration.ofSeconds(1);

    @Override
    public List<String> partialBackups(MachineId machine) {
        return storage.partialBackups(machine);
    }

    @Override
    public void discardPartial(MachineId machine, String partial) throws RepositoryException {
        storage.discardPartial(machine, partial);
    }

    @Override
    public Optional<Manifest> completed(RepositoryName repository, MachineId machine, BackupId backup)
            throws RepositoryException {
        return storage.completed(repository, machine, backup);
    }

    @Override
    public PartialBackup begin(
            MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        awaitHeld();
        return storage.begin(machine, name, operation, disks);
    }

    @Override
    public Optional<PartialBackup> partial(RepositoryName repository, MachineId machine, BackupId backup)
            throws RepositoryException {
        return storage.partial(repository, machine, backup);
    }

    @Override
    public Scratch beginScratch(MachineId machine, PullBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        awaitHeld();
        return storage.beginScratch(machine, operation, disks);
    }

    @Override
    public Optional<Scratch> scratch(MachineId machine, PullBackupOperation operation) throws RepositoryException {
        return storage.scratch(machine, operation);
    }

    @Override
    public ExportSocket exportSocket(MachineId machine) {
        return storage.exportSocket(machine);
    }

    @Override
    public long room(Path target) throws IOException {
        return storage.room(target);
    }

    @Override
    public OpenExport export(RestoreExportOperation operation, MachineId machine)
            throws RepositoryException, InterruptedException {
        awaitHeld();
        return storage.export(operation, machine);
    }

    @Override
    public List<OperationId> exportsLeft(MachineId machine) {
        return storage.exportsLeft(machine);
    }

    @Override
    public void endLeft(MachineId machine, OperationId export) throws RepositoryException, InterruptedException {
        awaitHeld();
        storage.endLeft(machine, export);
    }

    @Override
    public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException {
        awaitHeld();
        return storage.run(operation, machine, progress);
    }

    private void awaitHeld() throws InterruptedException {
        while (!term.awaitHeld(ROUND)) {
            if (term.isFenced()) {
                throw new InterruptedException("another gateway has this host");
            }
        }
    }
}
