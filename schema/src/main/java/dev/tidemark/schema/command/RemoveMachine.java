package dev.tidemark.schema.command;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/**
 * Let a machine go. With {@code keepBitmaps} its checkpoints are forgotten but their bitmaps stay in QEMU; with {@code
 * abandon} a pending operation ends with it, whatever QEMU still does.
 */
public record RemoveMachine(
        MachineId machine, OperationId operation, boolean keepBitmaps, boolean abandon, Instant askedAt)
        implements MachineCommand {}
