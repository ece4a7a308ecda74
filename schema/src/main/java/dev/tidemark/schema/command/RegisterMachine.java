package dev.tidemark.schema.command;

import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Take a machine under protection; what is left of {@code formers} in its QEMU is put away. */
public record RegisterMachine(
        MachineId machine,
        MachineName name,
        HostName host,
        String qmpSocket,
        Optional<String> qgaSocket,
        List<FormerMachine> formers,
        Instant askedAt)
        implements MachineCommand {
    public RegisterMachine {
        formers = List.copyOf(formers);
    }

    /** Where nobody was before. */
    public RegisterMachine(
            MachineId machine,
            MachineName name,
            HostName host,
            String qmpSocket,
            Optional<String> qgaSocket,
            Instant askedAt) {
        this(machine, name, host, qmpSocket, qgaSocket, List.of(), askedAt);
    }
}
