package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.MachineId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a gateway saw while it held {@code version} of the desired state, and what became of operations. An observation at
 * an outdated version is not concluded from: the gateway looks again. What it did to the guest is news at any version.
 *
 * @param epoch of the lease under which it was made; without one it is refused
 */
public record Report(
        MachineId machine,
        long version,
        Sight sight,
        List<OperationResult> results,
        Optional<GuestReport> guest,
        OptionalLong epoch) {
    public Report {
        results = List.copyOf(results);
    }

    /** As yet under no lease. */
    public Report(
            MachineId machine, long version, Sight sight, List<OperationResult> results, Optional<GuestReport> guest) {
        this(machine, version, sight, results, guest, OptionalLong.empty());
    }

    /** With nothing to say about the guest. */
    public Report(MachineId machine, long version, Sight sight, List<OperationResult> results) {
        this(machine, version, sight, results, Optional.empty());
    }

    /** The same, under a lease. */
    public Report under(OptionalLong lease) {
        return new Report(machine, version, sight, results, guest, lease);
    }
}
