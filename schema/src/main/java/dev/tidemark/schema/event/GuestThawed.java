package dev.tidemark.schema.event;

import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;

/** The guest was seen thawed after a {@link GuestFreezeBegun}; {@code moment} is what a transaction in between would be worth. */
public record GuestThawed(MachineId machine, OperationId operation, Moment moment, Instant at)
        implements MachineEvent {}
