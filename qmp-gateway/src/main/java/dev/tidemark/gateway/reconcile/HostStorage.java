package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.act.export.TcpExportSocket;
import dev.tidemark.gateway.act.export.TcpExports;
import dev.tidemark.gateway.act.export.UnixExportSocket;
import dev.tidemark.gateway.act.repository.FreeSpace;
import dev.tidemark.gateway.act.repository.Manifest;
import dev.tidemark.gateway.act.repository.OpenExport;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.ProgressListener;
import dev.tidemark.gateway.act.repository.Repositories;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.act.repository.RepositoryWorker;
import dev.tidemark.gateway.act.repository.RestoreExports;
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

/** Directory trees of this host. */
public final class HostStorage implements Storage {
    private final Repositories repositories;
    private final RepositoryWorker worker;
    private final Path exportDirectory;
    private final Optional<TcpExports> tcpExports;
    private final RestoreExports restoreExports;

    /**
     * Of these repositories; what clients pull is served in the other directory, or over TCP; what they write to restore points goes to
     * the last one.
     */
    public HostStorage(
            Repositories repositories, Path exportDirectory, Optional<TcpExports> tcpExports, Path scratchDirectory) {
        this.restoreExports = new RestoreExports(repositories, exportDirectory, scratchDirectory);
        this.exportDirectory = exportDirectory;
        this.tcpExports = tcpExports;
        this.repositories = repositories;
        this.worker = new RepositoryWorker(repositories);
    }

    @Override
    public List<String> partialBackups(MachineId machine) {
        return repositories.partialBackups(machine);
    }

    @Override
    public void discardPartial(MachineId machine, String partial) throws RepositoryException {
        repositories.discardPartial(machine, partial);
    }

    @Override
    public Optional<Manifest> completed(RepositoryName repository, MachineId machine, BackupId backup)
            throws RepositoryException {
        return repositories.named(repository).completed(machine, backup);
    }

    @Override
    public PartialBackup begin(
            MachineId machine, MachineName name, PushBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        return repositories.named(operation.repository()).begin(machine, name, operation, disks);
    }

    @Override
    public Optional<PartialBackup> partial(RepositoryName repository, MachineId machine, BackupId backup)
            throws RepositoryException {
        return repositories.named(repository).partial(machine, backup);
    }

    @Override
    public Scratch beginScratch(MachineId machine, PullBackupOperation operation, Map<DiskName, DiskFacts> disks)
            throws RepositoryException, InterruptedException {
        return repositories.named(operation.repository()).beginScratch(machine, operation, disks);
    }

    @Override
    public Optional<Scratch> scratch(MachineId machine, PullBackupOperation operation) throws RepositoryException {
        return repositories.named(operation.repository()).scratch(machine, operation);
    }

    @Override
    public ExportSocket exportSocket(MachineId machine) {
        ExportSocket unix = new UnixExportSocket(exportDirectory, machine);
        ExportSocket tcp = new TcpExportSocket(exportDirectory, machine, tcpExports);
        // What was begun ends where it began, whatever the gateway was told of ports since.
        boolean byPort = tcp.exists() || (tcpExports.isPresent() && !unix.exists());
        return byPort ? tcp : unix;
    }

    @Override
    public long room(Path target) throws IOException {
        return FreeSpace.bytes(target);
    }

    @Override
    public OpenExport export(RestoreExportOperation operation, MachineId machine)
            throws RepositoryException, InterruptedException {
        return restoreExports.open(operation, machine);
    }

    @Override
    public List<OperationId> exportsLeft(MachineId machine) {
        return restoreExports.left(machine);
    }

    @Override
    public void endLeft(MachineId machine, OperationId export) throws RepositoryException, InterruptedException {
        restoreExports.end(machine, export);
    }

    @Override
    public Outcome run(RepositoryOperation operation, MachineId machine, ProgressListener progress)
            throws InterruptedException {
        return worker.run(operation, machine, progress);
    }
}
