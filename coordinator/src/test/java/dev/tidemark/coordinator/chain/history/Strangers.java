package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Other hands on the same QEMU, within what a look can detect. What no look can detect is left out: a bitmap re-made
 * exactly as it was (S7) or before it was ever seen, a bitmap re-made in the very moment in which it is deleted, a switch-off
 * in the very moment in which the next bitmap takes over, a creation undone by hand before anybody saw it.
 */
final class Strangers {
    /** Checkpoint bitmaps of a log that is not ours begin so: a time that no test's clock shows. */
    static final String PREFIX = "tm-7ZZZ";

    private final FakeQemu qemu;
    private final Random dice;

    Strangers(FakeQemu qemu, Random dice) {
        this.qemu = qemu;
        this.dice = dice;
    }

    /** Anything, outside the moment between a look and an act. */
    void meddle(Optional<CheckpointId> beingDeleted, Optional<CheckpointId> beingCreated) {
        FakeDisk disk = anyDisk();
        switch (dice.nextInt(5)) {
            case 0 -> remove(disk);
            case 1 -> remake(disk, beingDeleted.or(() -> beingCreated));
            case 2 -> disableNewest(disk);
            case 3 -> enableOlder(disk, beingCreated);
            default -> addUnknown(disk);
        }
    }

    /** What even a look that comes too late still shows, or a transaction refuses. */
    void meddleDetectably(Optional<CheckpointId> beingDeleted, Optional<CheckpointId> beingCreated) {
        FakeDisk disk = anyDisk();
        switch (dice.nextInt(3)) {
            case 0 -> remove(disk);
            case 1 -> remake(disk, beingDeleted.or(() -> beingCreated));
            default -> addUnknown(disk);
        }
    }

    private FakeDisk anyDisk() {
        List<FakeDisk> disks = qemu.plugged();
        return disks.get(dice.nextInt(disks.size()));
    }

    private Optional<String> anyOfOurs(FakeDisk disk, Optional<CheckpointId> spared) {
        List<String> ours = disk.bitmaps.keySet().stream()
                .filter(name -> BitmapName.isCheckpointBitmap(name) && !name.startsWith(PREFIX))
                .filter(name -> spared.filter(
                                checkpoint -> BitmapName.of(checkpoint).value().equals(name))
                        .isEmpty())
                .toList();
        return ours.isEmpty() ? Optional.empty() : Optional.of(ours.get(dice.nextInt(ours.size())));
    }

    private void remove(FakeDisk disk) {
        anyOfOurs(disk, Optional.empty()).ifPresent(name -> {
            disk.bitmaps.remove(name);
            disk.lose(name);
        });
    }

    private void remake(FakeDisk disk, Optional<CheckpointId> spared) {
        anyOfOurs(disk, spared).ifPresent(name -> {
            FakeBitmap other = new FakeBitmap(true, dice.nextBoolean());
            other.granularity = other.persistent ? FakeBitmap.GRANULARITY / 2 : FakeBitmap.GRANULARITY;
            disk.bitmaps.put(name, other);
            disk.lose(name);
        });
    }

    private void disableNewest(FakeDisk disk) {
        newest(disk).ifPresent(entry -> {
            entry.bitmap().recording = false;
            disk.lose(entry.name());
        });
    }

    private record Named(String name, FakeBitmap bitmap) {}

    private static Optional<Named> newest(FakeDisk disk) {
        return disk.bitmaps.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith(PREFIX))
                .filter(entry -> entry.getValue().recording)
                .map(entry -> new Named(entry.getKey(), entry.getValue()))
                .reduce((first, second) -> second);
    }

    /** An older one than that which records: it becomes a superset. */
    private void enableOlder(FakeDisk disk, Optional<CheckpointId> beingCreated) {
        if (beingCreated.isEmpty() && newest(disk).isPresent()) {
            anyOfOurs(disk, Optional.empty())
                    .filter(name -> disk.truths.containsKey(name) && !disk.truth(name).lost)
                    .map(disk.bitmaps::get)
                    .filter(bitmap -> !bitmap.inconsistent)
                    .ifPresent(bitmap -> bitmap.recording = true);
        }
    }

    private void addUnknown(FakeDisk disk) {
        if (disk.persistentBitmaps) {
            String name = PREFIX + String.format("%022d", dice.nextInt(4));
            disk.bitmaps.putIfAbsent(name, new FakeBitmap(dice.nextBoolean(), true));
        }
    }
}
