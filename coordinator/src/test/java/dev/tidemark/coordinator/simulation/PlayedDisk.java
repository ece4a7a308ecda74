package dev.tidemark.coordinator.simulation;

import dev.tidemark.schema.id.DiskName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a disk lies now, and beside it the truth that no crash and no stranger can touch. */
final class PlayedDisk {
    /** What really changed since a checkpoint, a bit per cell, and whether the evidence of it was ever lost. */
    record Truth(long touched, boolean lost) {
        static final Truth NEW = new Truth(0, false);
        static final Truth NONE = new Truth(-1L, true);
    }

    final DiskName name;
    String node;
    String file;
    /** The files of the layers below, the nearest first. */
    final Deque<String> below = new ArrayDeque<>();

    int layers;
    int cells;
    private Map<String, Truth> truths = new LinkedHashMap<>();

    PlayedDisk(DiskName name, int cells) {
        this.name = name;
        this.node = name.value();
        this.file = "/images/" + name + ".qcow2";
        this.cells = cells;
    }

    void touched(long mask) {
        truths.replaceAll((bitmap, truth) -> new Truth(truth.touched() | mask, truth.lost()));
    }

    void checkpoint(String bitmap) {
        truths.put(bitmap, Truth.NEW);
    }

    void forget(String bitmap) {
        truths.remove(bitmap);
    }

    boolean knows(String bitmap) {
        return truths.containsKey(bitmap);
    }

    Truth truth(String bitmap) {
        return truths.getOrDefault(bitmap, Truth.NONE);
    }

    Map<String, Truth> truths() {
        return new LinkedHashMap<>(truths);
    }

    /** What changed since this checkpoint, and since all older ones, can no longer be told. */
    void lose(String bitmap) {
        if (!truths.containsKey(bitmap)) {
            return;
        }
        boolean found = false;
        for (Map.Entry<String, Truth> entry : truths.entrySet()) {
            if (!found) {
                entry.setValue(new Truth(entry.getValue().touched(), true));
            }
            found |= entry.getKey().equals(bitmap);
        }
    }

    void loseAll() {
        truths.replaceAll((bitmap, truth) -> new Truth(truth.touched(), true));
    }

    /**
     * An older copy of the image is back, with what was true then; unless a bitmap was merged away in between, which the copy
     * knows nothing of (hazard S4).
     */
    void rollBack(Map<String, Truth> then, @Nullable String beingDeleted) {
        boolean deletedSince =
                then.keySet().stream().anyMatch(bitmap -> !truths.containsKey(bitmap) && !bitmap.equals(beingDeleted));
        Map<String, Truth> before = truths;
        truths = new LinkedHashMap<>(then);
        before.keySet().stream()
                .filter(bitmap -> !then.containsKey(bitmap))
                .forEach(bitmap -> truths.put(bitmap, Truth.NONE));
        if (deletedSince) {
            loseAll();
        }
    }
}
