package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.id.TargetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether what the log knows of a machine speaks against writing to an address. The gateway knows more: what it leads to. */
final class Targets {
    private Targets() {}

    static Optional<Rejection> objection(Machine machine, List<DiskTarget> targets) {
        Set<TargetAddress> seen = new HashSet<>();
        for (DiskTarget target : targets) {
            TargetAddress address = target.address();
            if (!seen.add(address)) {
                return Optional.of(new Rejection.TargetNamedTwice(address));
            }
            for (Disk disk : machine.disks()) {
                if (disk.present() && disk.facts().file().equals(address.value())) {
                    return Optional.of(new Rejection.TargetIsDisk(address, disk.name()));
                }
            }
            for (Errand errand : machine.errands()) {
                if (errand.operation() instanceof RestoreOperation restore
                        && restore.targets().stream()
                                .anyMatch(other -> other.address().equals(address))) {
                    return Optional.of(
                            new Rejection.OtherOperation(restore.id(), address + " is being written by a restore"));
                }
            }
        }
        return Optional.empty();
    }
}
