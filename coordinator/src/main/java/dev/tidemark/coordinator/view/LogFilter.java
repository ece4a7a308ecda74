package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;
import java.util.Set;

/** Which events are wanted: of one machine, of one operation, of these stored names, of machines whose names match; empty means all. */
public record LogFilter(
        Optional<MachineId> machine, Optional<OperationId> operation, Set<String> types, Optional<String> machines) {
    public LogFilter {
        types = Set.copyOf(types);
    }
}
