package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.MachineId;
import java.util.List;
import java.util.Optional;

/**
 * What a gateway saw while it held {@code version} of the desired state, and what became of operations. An observation at
 * an outdated version is not concluded from: the gateway looks again. What it did to the guest is news at any version.
 */
public record Report(
        MachineId machine, long version, Sight sight, List<OperationResult> results, Optional<GuestReport> guest) {
    public Report {
        results = List.copyOf(results);
    }

    /** With nothing to say about the guest. */
    public Report(MachineId machine, long version, Sight sight, List<OperationResult> results) {
        this(machine, version, sight, results, Optional.empty());
    }
}
