package dev.tidemark.schema.event;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Instant;
import java.util.Optional;

/** A machine came under protection. */
public record MachineRegistered(
        MachineId machine, MachineName name, HostName host, String qmpSocket, Optional<String> qgaSocket, Instant at)
        implements MachineEvent {}
