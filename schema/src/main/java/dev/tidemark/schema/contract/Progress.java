package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;

/** How far a running operation is, in bytes. Never logged. */
public record Progress(MachineId machine, OperationId operation, String phase, long bytesDone, long bytesTotal) {}
