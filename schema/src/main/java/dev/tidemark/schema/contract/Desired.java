package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import java.util.List;
import java.util.Optional;

/**
 * What QEMU should hold for one machine, folded from its log up to {@code version}. At most one operation changes bitmaps at a
 * time; those that only read or write the repository may stand beside it. {@code removable} names jobs, nodes, exports and
 * temporary bitmaps that were reported and belong to operations of this log that have ended: nothing else with our prefix may
 * be put away, because it may be another installation's (invariant I6). {@code frozenBy} names the operation for which the guest may
 * have been frozen and was not seen thawed since: whoever did not freeze it himself thaws it before anything else. {@code formers}
 * are removed machines that were found at the same socket: what they served and did not finish goes too. {@code origins} says by which
 * requests the operations came to be; it is no part of what is desired.
 */
public record Desired(
        MachineId machine,
        MachineName name,
        HostName host,
        long version,
        String qmpSocket,
        List<DesiredDisk> disks,
        Optional<Operation> operation,
        List<RepositoryOperation> repositoryOperations,
        Optional<String> qgaSocket,
        List<String> removable,
        Optional<OperationId> frozenBy,
        Optional<List<MachineId>> formers,
        Optional<List<Origin>> origins) {
    public Desired {
        disks = List.copyOf(disks);
        repositoryOperations = List.copyOf(repositoryOperations);
        removable = List.copyOf(removable);
        formers = formers.map(List::copyOf);
        origins = origins.map(List::copyOf);
    }

    /** Without a guest agent, before anything was reported, where nobody was before; nobody says where its operations come from. */
    public Desired(
            MachineId machine,
            MachineName name,
            HostName host,
            long version,
            String qmpSocket,
            List<DesiredDisk> disks,
            Optional<Operation> operation,
            List<RepositoryOperation> repositoryOperations) {
        this(
                machine,
                name,
                host,
                version,
                qmpSocket,
                disks,
                operation,
                repositoryOperations,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same machine, asked for this only. */
    public Desired asking(Optional<Operation> asked, List<RepositoryOperation> ofRepositories) {
        return new Desired(
                machine,
                name,
                host,
                version,
                qmpSocket,
                disks,
                asked,
                ofRepositories,
                qgaSocket,
                removable,
                frozenBy,
                formers,
                origins);
    }

    /** The same, with where its operations come from. */
    public Desired from(List<Origin> origin) {
        return new Desired(
                machine,
                name,
                host,
                version,
                qmpSocket,
                disks,
                operation,
                repositoryOperations,
                qgaSocket,
                removable,
                frozenBy,
                formers,
                Optional.of(origin));
    }

    /** Where one of its operations comes from, if that was said. */
    public Optional<Origin> origin(OperationId of) {
        return origins.flatMap(known ->
                known.stream().filter(origin -> origin.operation().equals(of)).findFirst());
    }

    /** Whether this asks for something that another one of the same version does not: what had to wait may begin. */
    public boolean asksForMoreThan(Desired other) {
        return version == other.version
                && ((operation.isPresent() && other.operation.isEmpty())
                        || repositoryOperations.size() > other.repositoryOperations.size());
    }
}
