package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/**
 * The guest's file systems may be frozen for this operation from now on. It is written before anything is frozen: whoever comes
 * after a crash knows by it that a frozen guest is ours to thaw, and without it that it is somebody else's.
 */
public record GuestFreezeBegun(MachineId machine, OperationId operation, Instant at) implements MachineEvent {}
