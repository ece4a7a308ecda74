package dev.tidemark.coordinator.chain.history;

import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A disk, its top layer's bitmaps, and beside them the truth that no crash and no stranger can touch. */
final class FakeDisk {
    static final int GRANULES_MAX = 64;

    /** What really changed since a checkpoint, and whether the evidence of it was ever lost. */
    static final class Truth {
        long touched;
        boolean lost;

        Truth copy() {
            Truth copy = new Truth();
            copy.touched = touched;
            copy.lost = lost;
            return copy;
        }
    }

    /** An image as a backup administrator may have copied it aside while QEMU was stopped. */
    record Image(
            Content content,
            int size,
            String file,
            int backingDepth,
            Map<String, FakeBitmap> bitmaps,
            Map<String, Truth> truths) {}

    final DiskName name;
    final boolean persistentBitmaps;
    String file;
    int backingDepth;
    int size;
    boolean plugged = true;
    Content content = new Content();
    Map<String, FakeBitmap> bitmaps = new LinkedHashMap<>();
    /** In the order of creation. */
    Map<String, Truth> truths = new LinkedHashMap<>();
    /** The runs of QEMU since each of which nobody else was at the image, as a gateway that watched it knows. */
    List<String> untouchedSince = new ArrayList<>();

    boolean touchSeen;

    private final Set<Integer> sizesUsed = new HashSet<>();

    FakeDisk(DiskName name, boolean persistentBitmaps, int size) {
        this.name = name;
        this.persistentBitmaps = persistentBitmaps;
        this.size = size;
        file = "/images/" + name + ".qcow2";
        sizesUsed.add(size);
    }

    DiskFacts facts() {
        return new DiskFacts(
                name,
                "node-" + name,
                persistentBitmaps ? "qcow2" : "raw",
                size * FakeBitmap.GRANULARITY,
                file,
                backingDepth,
                persistentBitmaps);
    }

    void write(int granule, long value) {
        content.put(granule, value);
        long bit = 1L << granule;
        for (FakeBitmap bitmap : bitmaps.values()) {
            if (bitmap.recording && !bitmap.inconsistent && !bitmap.detached) {
                bitmap.bits |= bit;
            }
        }
        truths.values().forEach(truth -> truth.touched |= bit);
    }

    /** While QEMU is down: no bitmap sees it (hazard S8). */
    void writeBehind(int granule, long value) {
        content.put(granule, value);
        truths.values().forEach(truth -> truth.touched |= 1L << granule);
        loseAll();
        untouchedSince.clear();
        touchSeen = true;
    }

    /** Nobody was there while QEMU was down, so that whatever happened to the image is told to nobody. */
    void unwatched() {
        untouchedSince.clear();
        touchSeen = false;
    }

    /** Marks this checkpoint and all older ones: what changed since them can no longer be told. */
    void lose(String bitmap) {
        if (truths.containsKey(bitmap)) {
            for (Map.Entry<String, Truth> truth : truths.entrySet()) {
                truth.getValue().lost = true;
                if (truth.getKey().equals(bitmap)) {
                    return;
                }
            }
        }
    }

    void loseAll() {
        truths.values().forEach(truth -> truth.lost = true);
    }

    /** To a size that it never had: a shrink and a grow back between two looks is invisible (hazard S1). */
    boolean resize(int next) {
        if (!sizesUsed.add(next)) {
            return false;
        }
        for (int granule = Math.min(size, next); granule < GRANULES_MAX; granule++) {
            content.put(granule, 0);
            for (FakeBitmap bitmap : bitmaps.values()) {
                bitmap.bits &= ~(1L << granule);
            }
        }
        size = next;
        loseAll();
        return true;
    }

    /** An external snapshot: the overlay reads as the base did, and holds no bitmap. */
    void overlay(boolean keepBitmaps) {
        backingDepth++;
        file = "/images/" + name + "." + backingDepth + ".qcow2";
        if (keepBitmaps) {
            bitmaps.values().forEach(bitmap -> bitmap.detached = true);
        } else {
            bitmaps = new LinkedHashMap<>();
        }
        loseAll();
    }

    void closeCleanly() {
        bitmaps.values().removeIf(bitmap -> !bitmap.persistent);
        bitmaps.values().forEach(bitmap -> bitmap.stored = true);
    }

    void killed() {
        bitmaps.keySet().forEach(this::lose);
        bitmaps.values().removeIf(bitmap -> !bitmap.persistent || !bitmap.stored);
        bitmaps.values().forEach(bitmap -> {
            bitmap.inconsistent = true;
            bitmap.recording = false;
        });
    }

    Image image() {
        return new Image(content.copy(), size, file, backingDepth, copies(bitmaps), truthCopies());
    }

    /**
     * Puts an older copy of the image back, as it was then. Content and bitmaps go back together, so what was true then is
     * true again; unless a bitmap was merged away in between, which the older copy knows nothing of (hazard S4).
     *
     * @param spared the bitmap whose deletion is under way: that is simply done once more
     */
    void rollBack(Image image, Optional<String> spared) {
        untouchedSince.clear();
        touchSeen = true;
        content = image.content().copy();
        size = image.size();
        file = image.file();
        backingDepth = image.backingDepth();
        bitmaps = copies(image.bitmaps());
        boolean deletedSince = image.truths().keySet().stream()
                .anyMatch(name -> !truths.containsKey(name) && !spared.equals(Optional.of(name)));
        Map<String, Truth> before = truths;
        truths = new LinkedHashMap<>();
        image.truths().forEach((name, truth) -> truths.put(name, truth.copy()));
        before.keySet().stream().filter(name -> !truths.containsKey(name)).forEach(name -> {
            Truth gone = new Truth();
            gone.lost = true;
            truths.put(name, gone);
        });
        if (deletedSince) {
            loseAll();
        }
    }

    Truth truth(String checkpoint) {
        return Objects.requireNonNull(truths.get(checkpoint), checkpoint);
    }

    static Map<String, FakeBitmap> copies(Map<String, FakeBitmap> bitmaps) {
        Map<String, FakeBitmap> copies = new LinkedHashMap<>();
        bitmaps.forEach((name, bitmap) -> copies.put(name, bitmap.copy()));
        return copies;
    }

    Map<String, Truth> truthCopies() {
        Map<String, Truth> copies = new LinkedHashMap<>();
        truths.forEach((name, truth) -> copies.put(name, truth.copy()));
        return copies;
    }
}
