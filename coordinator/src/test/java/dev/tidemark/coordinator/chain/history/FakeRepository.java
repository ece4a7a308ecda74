package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finished backups, and the restore that an operator would do by hand: the parent first, then what the child holds. */
final class FakeRepository {
    private final Map<BackupId, List<StoredDisk>> backups = new LinkedHashMap<>();
    /** Somebody deleted these or something they stand on: nobody promises to restore them. */
    private final Set<BackupId> beyondPromise = new HashSet<>();

    void store(BackupId backup, List<StoredDisk> disks) {
        backups.put(backup, List.copyOf(disks));
        boolean orphan =
                disks.stream().anyMatch(disk -> !whole(backup, disk.plan().disk()));
        if (orphan) {
            beyondPromise.add(backup);
        }
    }

    boolean holds(BackupId backup) {
        return backups.containsKey(backup);
    }

    List<StoredDisk> disks(BackupId backup) {
        return backups.getOrDefault(backup, List.of());
    }

    List<BackupId> all() {
        return new ArrayList<>(backups.keySet());
    }

    boolean promised(BackupId backup) {
        return holds(backup) && !beyondPromise.contains(backup);
    }

    /** As it was asked for: whatever else is promised stays so. */
    void delete(BackupId backup) {
        backups.remove(backup);
    }

    /** Takes the layers between into the one above. */
    MergedDisk merge(BackupId backup, DiskMerge merge, boolean forgetful) {
        StoredDisk top = disk(backup, merge.disk()).orElseThrow();
        long mask = top.mask();
        StoredDisk lowest = top;
        while (!lowest.plan().parent().equals(merge.onto())) {
            lowest = disk(lowest.plan().parent().orElseThrow(), merge.disk()).orElseThrow();
            mask |= forgetful ? 0 : lowest.mask();
        }
        DiskPlan plan = new DiskPlan(
                merge.disk(),
                merge.onto().isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                merge.onto().isPresent() ? lowest.plan().since() : Optional.empty(),
                merge.onto(),
                Optional.empty(),
                "merged");
        StoredDisk merged =
                new StoredDisk(plan, top.size(), mask, top.content(), top.reallyTouched(), top.evidenceLost());
        List<StoredDisk> disks = new ArrayList<>(disks(backup));
        disks.replaceAll(stored -> stored.plan().disk().equals(merge.disk()) ? merged : stored);
        backups.put(backup, disks);
        return new MergedDisk(
                merge.parent(),
                "00",
                new CompletedDisk(
                        merge.disk(), plan.kind(), plan.since(), plan.parent(), 1, "merged", 1, "01", top.size()));
    }

    /** Whether it is gone, and nobody but us can have taken it. */
    boolean isMissed(BackupId backup) {
        return !holds(backup) && !beyondPromise.contains(backup);
    }

    /** Another hand deletes a directory. */
    void vanish(BackupId backup) {
        backups.remove(backup);
        beyondPromise.add(backup);
        for (BackupId other : all()) {
            if (disks(other).stream().anyMatch(disk -> !whole(other, disk.plan().disk()))) {
                beyondPromise.add(other);
            }
        }
    }

    /** Whether the disk's file is there, and all that it stands on. */
    boolean whole(BackupId backup, DiskName disk) {
        return disk(backup, disk)
                .map(stored -> stored.plan().kind() == BackupKind.FULL
                        || stored.plan()
                                .parent()
                                .map(parent -> whole(parent, disk))
                                .orElse(false))
                .orElse(false);
    }

    Optional<StoredDisk> disk(BackupId backup, DiskName disk) {
        return disks(backup).stream()
                .filter(stored -> stored.plan().disk().equals(disk))
                .findFirst();
    }

    /** The disk as a restore gives it; empty if something is not there. */
    Optional<Content> restore(BackupId backup, DiskName disk) {
        return disk(backup, disk)
                .flatMap(stored -> below(stored).map(below -> {
                    Content restored = below.copy();
                    for (int granule = 0; granule < FakeDisk.GRANULES_MAX; granule++) {
                        if ((stored.mask() & (1L << granule)) != 0) {
                            restored.put(granule, stored.content().at(granule));
                        }
                        if (granule >= stored.size()) {
                            restored.put(granule, 0);
                        }
                    }
                    return restored;
                }));
    }

    private Optional<Content> below(StoredDisk stored) {
        return stored.plan().kind() == BackupKind.FULL
                ? Optional.of(new Content())
                : stored.plan()
                        .parent()
                        .flatMap(parent -> restore(parent, stored.plan().disk()));
    }
}
