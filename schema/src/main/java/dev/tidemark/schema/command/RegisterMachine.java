package dev.tidemark.schema.command;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Instant;
import java.util.Optional;

/** Take a machine under protection. */
public record RegisterMachine(
        MachineId machine,
        MachineName name,
        HostName host,
        String qmpSocket,
        Optional<String> qgaSocket,
        Instant askedAt)
        implements MachineCommand {}
