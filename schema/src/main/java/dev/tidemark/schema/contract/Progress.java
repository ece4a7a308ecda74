package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;

/** How far a running operation is, in bytes, and whether it stands still. Never logged. */
public record Progress(
        MachineId machine,
        OperationId operation,
        String phase,
        long bytesDone,
        long bytesTotal,
        Optional<Stall> stall) {
    /** Of something that moves. */
    public Progress(MachineId machine, OperationId operation, String phase, long bytesDone, long bytesTotal) {
        this(machine, operation, phase, bytesDone, bytesTotal, Optional.empty());
    }
}
