package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import java.util.List;
import java.util.Optional;

/**
 * What QEMU should hold for one machine, folded from its log up to {@code version}. At most one operation changes bitmaps at a
 * time; those that only read or write the repository may stand beside it.
 */
public record Desired(
        MachineId machine,
        MachineName name,
        HostName host,
        long version,
        String qmpSocket,
        List<DesiredDisk> disks,
        Optional<Operation> operation,
        List<RepositoryOperation> repositoryOperations) {
    public Desired {
        disks = List.copyOf(disks);
        repositoryOperations = List.copyOf(repositoryOperations);
    }
}
