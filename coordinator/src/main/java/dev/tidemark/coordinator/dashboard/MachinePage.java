package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.ChainView;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.MachineView;
import dev.tidemark.coordinator.view.OperationView;
import java.util.List;

/** One machine: whether it could be brought back, what comes next, and how it came to that. */
public record MachinePage(
        Frame frame,
        MachineView machine,
        MachineHealth health,
        ChainView chain,
        Comparison comparison,
        Timeline timeline,
        Calendar calendar,
        List<DirtyHours> dirty,
        List<Growth> growth,
        List<BackupView> backups,
        List<OperationView> operations) {
    public MachinePage {
        dirty = List.copyOf(dirty);
        growth = List.copyOf(growth);
        backups = List.copyOf(backups);
        operations = List.copyOf(operations);
    }
}
