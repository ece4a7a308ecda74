package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares for equality, and judges nothing: what a difference means is the coordinator's to say. Pure. */
final class Comparison {
    /** The source of a migration still obeys, and must not be asked any more (qemu-facts §10). */
    private static final Set<String> MIGRATING = Set.of("postmigrate", "inmigrate", "finish-migrate");

    private Comparison() {}

    static List<Difference> of(Desired desired, Look look) {
        List<Difference> differences = new ArrayList<>();
        if (MIGRATING.contains(look.observed().runState())) {
            differences.add(Difference.machine(
                    "the machine is in state " + look.observed().runState()));
        }
        Map<DiskName, DesiredDisk> wanted = new HashMap<>();
        for (DesiredDisk disk : desired.disks()) {
            wanted.put(disk.disk(), disk);
            if (look.disk(disk.disk()).isEmpty()) {
                differences.add(Difference.evidence(disk.disk(), "is not there"));
            }
        }
        for (ObservedDisk disk : look.observed().disks()) {
            DesiredDisk expected = wanted.get(disk.facts().name());
            if (expected == null) {
                differences.add(Difference.evidence(disk.facts().name(), "was not known"));
            } else {
                compare(expected, disk, differences);
                findExcess(desired.operation(), expected, disk, differences);
            }
        }
        Leftovers.unexplained(desired, look).describe().forEach(detail -> differences.add(Difference.excess(detail)));
        return List.copyOf(differences);
    }

    /** The disks whose evidence an operation stands on. */
    static Set<DiskName> disksOf(Operation operation) {
        Set<DiskName> disks = new HashSet<>();
        switch (operation) {
            case CheckpointOperation create -> create.disks().forEach(disk -> disks.add(disk.disk()));
            case DeletionOperation delete -> delete.disks().forEach(disk -> disks.add(disk.disk()));
            case BackupOperation backup ->
                backup.disks().forEach(disk -> disks.add(disk.plan().disk()));
        }
        return disks;
    }

    /** The first difference that forbids to act on the operation. */
    static Optional<Difference> obstacle(Operation operation, List<Difference> differences) {
        Set<DiskName> disks = disksOf(operation);
        for (Difference difference : differences) {
            boolean concerned = difference.disk().isEmpty()
                    || disks.contains(difference.disk().get());
            if (difference.evidence() && concerned) {
                return Optional.of(difference);
            }
        }
        return Optional.empty();
    }

    private static void compare(DesiredDisk expected, ObservedDisk seen, List<Difference> differences) {
        DiskName disk = expected.disk();
        if (seen.facts().virtualSize() != expected.virtualSize()) {
            differences.add(Difference.evidence(
                    disk, "has " + seen.facts().virtualSize() + " bytes, not " + expected.virtualSize()));
        }
        if (!seen.facts().file().equals(expected.file())) {
            differences.add(
                    Difference.evidence(disk, "lies in " + seen.facts().file() + ", not in " + expected.file()));
        }
        if (seen.facts().backingDepth() != expected.backingDepth()) {
            differences.add(Difference.evidence(
                    disk, "has " + seen.facts().backingDepth() + " layers below, not " + expected.backingDepth()));
        }
        Map<String, ObservedBitmap> bitmaps = byName(seen);
        for (DesiredBitmap bitmap : expected.chain()) {
            difference(bitmap, Optional.ofNullable(bitmaps.get(bitmap.name().value())))
                    .ifPresent(fault ->
                            differences.add(Difference.evidence(disk, "bitmap " + bitmap.name() + " " + fault)));
        }
    }

    private static Optional<String> difference(DesiredBitmap expected, Optional<ObservedBitmap> seen) {
        if (seen.isEmpty()) {
            return Optional.of("is not there");
        }
        ObservedBitmap bitmap = seen.get();
        if (bitmap.inconsistent()) {
            return Optional.of("is inconsistent");
        }
        if (!bitmap.persistent()) {
            return Optional.of("is not persistent");
        }
        if (bitmap.granularity() != expected.granularity()) {
            return Optional.of("has granularity " + bitmap.granularity() + ", not " + expected.granularity());
        }
        if (bitmap.lostBits()) {
            return Optional.of("has lost bits");
        }
        if (bitmap.dirtyBytes() < expected.dirtyBytesMin().orElse(0)) {
            return Optional.of("marks " + bitmap.dirtyBytes() + " bytes, not at least "
                    + expected.dirtyBytesMin().getAsLong());
        }
        if (bitmap.recording() != expected.recording()) {
            return Optional.of(bitmap.recording() ? "records" : "does not record");
        }
        return Optional.empty();
    }

    private static void findExcess(
            Optional<Operation> pending, DesiredDisk expected, ObservedDisk seen, List<Difference> differences) {
        Set<String> explained = new HashSet<>();
        expected.chain().forEach(bitmap -> explained.add(bitmap.name().value()));
        pending.flatMap(Comparison::subject).ifPresent(name -> explained.add(name.value()));
        for (ObservedBitmap bitmap : seen.bitmaps()) {
            String name = bitmap.name().orElse("");
            boolean temporary = name.startsWith(BitmapName.TEMPORARY_PREFIX);
            if (QemuNames.isOurs(name) && !temporary && !explained.contains(name)) {
                differences.add(Difference.excess(expected.disk(), "bitmap " + name + " should not be there"));
            }
        }
    }

    /** The bitmap whose coming or going an operation explains. */
    static Optional<BitmapName> subject(Operation operation) {
        return switch (operation) {
            case CheckpointOperation create -> Optional.of(create.bitmap());
            case DeletionOperation delete -> Optional.of(delete.bitmap());
            case BackupOperation backup -> backup.checkpoint().map(checkpoint -> BitmapName.of(checkpoint.id()));
        };
    }

    /** For those who ask for many: a chain may have hundreds of bitmaps, and is compared at every step. */
    static Map<String, ObservedBitmap> byName(ObservedDisk disk) {
        Map<String, ObservedBitmap> bitmaps = new HashMap<>();
        disk.bitmaps().forEach(bitmap -> bitmap.name().ifPresent(name -> bitmaps.putIfAbsent(name, bitmap)));
        return bitmaps;
    }

    static Optional<ObservedBitmap> bitmap(ObservedDisk disk, String name) {
        for (ObservedBitmap bitmap : disk.bitmaps()) {
            if (bitmap.name().isPresent() && bitmap.name().get().equals(name)) {
                return Optional.of(bitmap);
            }
        }
        return Optional.empty();
    }
}
