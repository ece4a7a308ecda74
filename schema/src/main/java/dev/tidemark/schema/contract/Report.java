package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.MachineId;
import java.util.List;

/**
 * What a gateway saw while it held {@code version} of the desired state, and what became of operations. An observation at
 * an outdated version is not concluded from: the gateway looks again.
 */
public record Report(MachineId machine, long version, Sight sight, List<OperationResult> results) {
    public Report {
        results = List.copyOf(results);
    }
}
