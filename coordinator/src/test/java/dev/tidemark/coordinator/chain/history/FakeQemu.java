package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One QEMU process with the semantics that {@code qemu-facts.md} §3 and §7 measured. Every command can be refused. */
final class FakeQemu {
    /** QEMU said no, and nothing changed. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    /** A backup job: what it copies is fixed at its transaction's moment. */
    static final class Job {
        final List<StoredDisk> disks = new ArrayList<>();
        boolean concluded;
        boolean failed;
    }

    final List<FakeDisk> disks = new ArrayList<>();
    final Map<OperationId, Job> jobs = new LinkedHashMap<>();
    long processId = 1000;

    String run() {
        return "run-" + processId;
    }

    FakeDisk disk(DiskName name) {
        return disks.stream()
                .filter(disk -> disk.plugged && disk.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new Refused("no disk " + name));
    }

    List<FakeDisk> plugged() {
        return disks.stream().filter(disk -> disk.plugged).toList();
    }

    /** All or nothing. */
    void transaction(Runnable actions) {
        Map<FakeDisk, Map<String, FakeBitmap>> bitmaps = new LinkedHashMap<>();
        Map<FakeDisk, Map<String, FakeDisk.Truth>> truths = new LinkedHashMap<>();
        Map<OperationId, Job> jobsBefore = new LinkedHashMap<>(jobs);
        for (FakeDisk disk : disks) {
            bitmaps.put(disk, FakeDisk.copies(disk.bitmaps));
            truths.put(disk, disk.truthCopies());
        }
        try {
            actions.run();
        } catch (Refused refused) {
            bitmaps.forEach((disk, before) -> disk.bitmaps = before);
            truths.forEach((disk, before) -> disk.truths = before);
            jobs.clear();
            jobs.putAll(jobsBefore);
            throw refused;
        }
    }

    void add(DiskName disk, String name, boolean persistent) {
        FakeDisk on = disk(disk);
        if (on.bitmaps.containsKey(name)) {
            throw new Refused("Bitmap already exists: " + name);
        }
        on.bitmaps.put(name, new FakeBitmap(persistent, persistent));
        if (BitmapName.isCheckpointBitmap(name)) {
            on.truths.remove(name);
            on.truths.put(name, new FakeDisk.Truth());
        }
    }

    void disable(DiskName disk, String name) {
        usable(disk, name).recording = false;
    }

    void enable(DiskName disk, String name) {
        usable(disk, name).recording = true;
    }

    void merge(DiskName disk, String target, String source) {
        usable(disk, target).bits |= usable(disk, source).bits;
    }

    void remove(DiskName disk, String name) {
        FakeDisk on = disk(disk);
        if (on.bitmaps.remove(name) == null) {
            throw new Refused("Dirty bitmap '" + name + "' not found");
        }
    }

    FakeBitmap usable(DiskName disk, String name) {
        FakeBitmap bitmap = disk(disk).bitmaps.get(name);
        if (bitmap == null) {
            throw new Refused("Dirty bitmap '" + name + "' not found");
        }
        if (bitmap.inconsistent) {
            throw new Refused("Bitmap '" + name + "' is inconsistent and cannot be used");
        }
        return bitmap;
    }

    void endJob(OperationId operation) {
        jobs.remove(operation);
        for (FakeDisk disk : disks) {
            disk.bitmaps.remove(BitmapName.temporary(operation));
        }
    }

    void restart(boolean clean) {
        for (FakeDisk disk : disks) {
            if (clean || !disk.plugged) {
                disk.closeCleanly();
            } else {
                disk.killed();
            }
        }
        jobs.clear();
        processId++;
    }

    /** The new run has opened what it found. */
    void started() {
        disks.forEach(disk -> disk.untouchedSince.add(run()));
    }
}
