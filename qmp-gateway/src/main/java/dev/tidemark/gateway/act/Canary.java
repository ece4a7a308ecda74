package dev.tidemark.gateway.act;

import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a new bitmap of one disk gets its first marked granule from: a bitmap on a node of ours that is as large as the disk, holds
 * nothing, and was written to in its last sector. It is made just before the transaction that merges it, and closed right after,
 * so that one that a look still shows was left over by a crash.
 *
 * @param node the node as large as the disk, which carries the bitmap; it closes with its window
 * @param window the node through which its last sector is written
 * @param source from where that is written
 */
public record Canary(String node, String window, String source, String bitmap, String job) {
    /** The unit in which QEMU measures nodes, in bytes: the least that can be written. */
    public static final long SECTOR = 512;

    /** No bitmap that QEMU adds by itself marks in larger steps, so that a canary never costs more than one of them. */
    public static final long GRANULARITY = 65_536;

    private static Canary of(OperationId operation, int index) {
        return new Canary(
                QemuNames.canaryNode(operation, index, 0),
                QemuNames.canaryNode(operation, index, 1),
                QemuNames.canaryNode(operation, index, 2),
                BitmapName.temporary(operation),
                QemuNames.canaryJob(operation, index));
    }

    /** The copy of a bitmap that is asked whether it still holds its canary. */
    public String copy(int index) {
        return bitmap + "-" + index;
    }

    /** The copy of the same with the canary's bits. */
    public String copyWithCanary(int index) {
        return bitmap + "-" + index + "c";
    }

    /** The bitmaps of a disk on whose bits the operation relies. */
    public static Set<BitmapName> reliedOn(Operation operation, DiskName disk) {
        Set<BitmapName> bitmaps = new LinkedHashSet<>();
        switch (operation) {
            case CheckpointOperation create ->
                create.disks().stream()
                        .filter(part -> part.disk().equals(disk))
                        .forEach(part -> part.previous().ifPresent(bitmaps::add));
            case DeletionOperation delete ->
                // The merge gives the older one the canary of the other, and would hide whichever had lost its bits.
                delete.disks().stream()
                        .filter(part -> part.disk().equals(disk))
                        .forEach(part -> part.previous().ifPresent(previous -> {
                            bitmaps.add(previous);
                            bitmaps.add(delete.bitmap());
                        }));
            case BackupOperation backup ->
                backup.disks().stream()
                        .filter(part -> part.plan().disk().equals(disk))
                        .forEach(part -> {
                            bitmaps.addAll(part.merge());
                            part.previous().ifPresent(bitmaps::add);
                        });
        }
        return bitmaps;
    }

    /**
     * A canary for each disk on which the operation adds a checkpoint's bitmap or merges one into another, and that has a
     * sector to mark.
     */
    public static Map<DiskName, Canary> of(Operation operation, Map<DiskName, Long> sizes) {
        List<DiskName> disks = switch (operation) {
            case CheckpointOperation create ->
                create.disks().stream().map(disk -> disk.disk()).toList();
            case DeletionOperation delete ->
                delete.disks().stream()
                        .filter(disk -> disk.previous().isPresent())
                        .map(disk -> disk.disk())
                        .toList();
            case BackupOperation backup ->
                backup.disks().stream()
                        // Without a checkpoint of its own an incremental relies on the older bitmaps all the same.
                        .filter(disk -> disk.tracked() || !disk.merge().isEmpty())
                        .map(disk -> disk.plan().disk())
                        .toList();
        };
        Map<DiskName, Canary> canaries = new LinkedHashMap<>();
        for (int index = 0; index < disks.size() && index < QemuNames.DISKS_MAX; index++) {
            long size = sizes.getOrDefault(disks.get(index), 0L);
            if (size >= SECTOR && size % SECTOR == 0) {
                canaries.put(disks.get(index), of(operation.id(), index));
            }
        }
        return canaries;
    }
}
