package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.id.DiskName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which disks a wish means. Nothing named means every disk that is there. */
final class Selection {
    private Selection() {}

    static Optional<Rejection> check(Machine machine, List<DiskName> selection) {
        if (machine.qemu().isEmpty()) {
            return Optional.of(new Rejection.NeverSeen());
        }
        List<DiskName> present = machine.presentDisks().stream().map(Disk::name).toList();
        Set<DiskName> named = new HashSet<>();
        for (DiskName disk : selection) {
            if (!named.add(disk)) {
                return Optional.of(new Rejection.DiskNamedTwice(disk));
            }
            if (!present.contains(disk)) {
                return Optional.of(new Rejection.UnknownDisk(disk, present));
            }
        }
        return present.isEmpty()
                ? Optional.of(new Rejection.NothingToDo("the machine has no writable disk"))
                : Optional.empty();
    }

    /** The disks meant that are there now. */
    static List<Disk> of(Machine machine, List<DiskName> selection) {
        return selection.isEmpty()
                ? machine.presentDisks()
                : machine.presentDisks().stream()
                        .filter(disk -> selection.contains(disk.name()))
                        .toList();
    }

    /** Those of them that can keep a bitmap. */
    static List<Disk> trackable(Machine machine, List<DiskName> selection) {
        return of(machine, selection).stream()
                .filter(disk -> disk.facts().persistentBitmaps())
                .toList();
    }
}
