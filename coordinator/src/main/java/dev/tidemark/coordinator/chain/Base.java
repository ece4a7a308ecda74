package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/**
 * A completed backup that an incremental can stand on: it was taken at the moment of a checkpoint that still lives, and
 * holds these disks. Anything less is not a base (a failed backup's checkpoint above all).
 *
 * @param mode who moved the data: a push knows what lies in the repository, a pull what its client says that it has. Neither stands on
 *     the other
 * @param version the version of the log at which the backup was completed
 */
public record Base(
        RepositoryName repository,
        BackupMode mode,
        CheckpointId checkpoint,
        BackupId backup,
        List<DiskName> disks,
        long version) {
    public Base {
        disks = List.copyOf(disks);
    }

    boolean holds(RepositoryName wanted, BackupMode by, CheckpointId at, DiskName disk) {
        return repository.equals(wanted) && mode == by && checkpoint.equals(at) && disks.contains(disk);
    }

    Base without(DiskName disk) {
        return new Base(
                repository,
                mode,
                checkpoint,
                backup,
                disks.stream().filter(held -> !held.equals(disk)).toList(),
                version);
    }
}
