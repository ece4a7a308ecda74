package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;

/** Which machine a name or an id stands for. */
public record MachineReference(MachineId id, MachineName name, HostName host, boolean removed) {}
