package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a running operation is, in bytes, and whether it stands still. Never logged.
 *
 * @param epoch of the lease under which it is told; what is told under one that is over is not heard
 */
public record Progress(
        MachineId machine,
        OperationId operation,
        String phase,
        long bytesDone,
        long bytesTotal,
        Optional<Stall> stall,
        OptionalLong epoch) {
    /** As yet under no lease. */
    public Progress(
            MachineId machine,
            OperationId operation,
            String phase,
            long bytesDone,
            long bytesTotal,
            Optional<Stall> stall) {
        this(machine, operation, phase, bytesDone, bytesTotal, stall, OptionalLong.empty());
    }

    /** Of something that moves. */
    public Progress(MachineId machine, OperationId operation, String phase, long bytesDone, long bytesTotal) {
        this(machine, operation, phase, bytesDone, bytesTotal, Optional.empty());
    }

    /** The same, under a lease. */
    public Progress under(long lease) {
        return new Progress(machine, operation, phase, bytesDone, bytesTotal, stall, OptionalLong.of(lease));
    }
}
