package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The intent to back up, with the plan that was right when it was asked for. An empty selection means every disk.
 *
 * @param compression came later: empty in older logs, whose backups were not compressed
 * @param quiesce came later: whether the guest's file systems are to be frozen at the moment; empty in older logs, which froze none
 * @param pull came later: there if, and only if, a client is to read the data; in older logs none does
 * @param deadline came later: when it is to have ended; in older logs none has to
 */
public record BackupRequested(
        MachineId machine,
        OperationId operation,
        BackupId backup,
        RepositoryName repository,
        BackupMode mode,
        BackupRequest request,
        Optional<BackupCheckpoint> checkpoint,
        List<DiskName> selection,
        List<DiskPlan> disks,
        OptionalLong bytesPerSecondMax,
        Optional<Compression> compression,
        Optional<Boolean> quiesce,
        Optional<PullTerms> pull,
        Optional<Instant> deadline,
        Instant at)
        implements MachineEvent {
    public BackupRequested {
        selection = List.copyOf(selection);
        disks = List.copyOf(disks);
    }
}
