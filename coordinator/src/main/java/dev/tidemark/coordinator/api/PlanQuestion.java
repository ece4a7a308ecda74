package dev.tidemark.coordinator.api;

import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;

/** Which backup is to be planned; an empty selection means every disk. */
public record PlanQuestion(
        MachineId machine, RepositoryName repository, BackupRequest request, List<DiskName> selection) {
    public PlanQuestion {
        selection = List.copyOf(selection);
    }
}
