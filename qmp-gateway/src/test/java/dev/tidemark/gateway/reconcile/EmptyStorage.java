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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds nothing, and whatever would make something is an error of the test that lets it happen. */
class EmptyStorage implements Storage {
    @Override
    public List<String> partialBackups(MachineId machine) {
        return List.of();
    }

    @Override
    public void discardPartial(MachineId machine, String partial) {
        throw unexpected();
    }

    @Override
    public Optional<Manifest> completed(RepositoryName repository, MachineId machine, BackupId backup) {
        return Optional.empty();
    }

    @Override
    public PartialBackup begin(
            MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> disks) {
        throw unexpected();
    }

    @Override
    public Optional<PartialBackup> partial(RepositoryName repository, MachineId machine, BackupId backup) {
        return Optional.empty();
    }

    @Override
    public Scratch beginScratch(MachineId machine, PullBackupOperation operation, Map<DiskName, DiskFacts> disks) {
        throw unexpected();
    }

    @Override
    public Optional<Scratch> scratch(MachineId machine, PullBackupOperation operation) {
        return Optional.empty();
    }

    @Override
    public ExportSocket exportSocket(MachineId machine) {
        throw unexpected();
    }

    @Override
    public long room(Path target) {
        throw unexpected();
    }

    @Override
    public OpenExport export(RestoreExportOperation operation, MachineId machine) throws RepositoryException {
        throw unexpected();
    }

    @Override
    public List<OperationId> exportsLeft(MachineId machine) {
        return List.of();
    }

    @Override
    public void endLeft(MachineId machine, OperationId export) throws RepositoryException {
        throw unexpected();
    }

    @Override
    public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException {
        throw unexpected();
    }

    private static AssertionError unexpected() {
        return new AssertionError("nobody asked for that");
    }
}
