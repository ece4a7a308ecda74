package dev.tidemark.gateway.model;

import dev.tidemark.gateway.model.ModelFaults.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How bitmaps go between an image and memory (block/qcow2-bitmap.c). Invariants:
 *
 * <ul>
 *   <li>what is open for writing is marked in the image as in use from that moment, and is unmarked only when stored;
 *   <li>what was found marked is never written again: it stays as it is until somebody removes it;
 *   <li>all of an image's bitmaps are stored, or none.
 * </ul>
 */
final class BitmapStore {
    private BitmapStore() {}

    /** At the opening of a node. */
    static void load(Node.Qcow2 node, long cellBytes) {
        List<StoredBitmap> stored = node.image.bitmaps;
        for (int index = 0; index < stored.size(); index++) {
            StoredBitmap found = stored.get(index);
            Bitmap bitmap = new Bitmap(found.name(), found.granularity(), true, node.image.cells, cellBytes);
            bitmap.inconsistent = found.inUse();
            bitmap.disabled = found.inUse() || !found.recording();
            bitmap.granules = found.inUse() ? 0 : found.granules();
            bitmap.readOnly = node.readOnly;
            node.bitmaps.addFirst(bitmap);
            boolean spared = node.faults.has(Fault.KILL_KEEPS_STORED_BITMAPS)
                    || (node.faults.has(Fault.KILL_SPARES_DISABLED_BITMAPS) && !found.recording());
            if (!node.readOnly && !spared) {
                stored.set(index, found.opened());
            }
        }
    }

    /** At the closing of a node, or when it becomes read-only. Refused if there is no room; then nothing was stored. */
    static void store(Node.Qcow2 node) throws ModelRefusal {
        boolean transients = node.faults.has(Fault.QUIT_KEEPS_TRANSIENT_BITMAPS);
        List<Bitmap> wanted = new ArrayList<>();
        for (Bitmap bitmap : node.bitmaps) {
            if ((bitmap.persistent || transients) && !bitmap.skipStore && !bitmap.inconsistent && !bitmap.readOnly) {
                wanted.add(bitmap);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        if (node.readOnly) {
            throw new ModelRefusal("No write access");
        }
        if (node.image.full && !node.faults.has(Fault.A_FULL_DISK_STORES_BITMAPS)) {
            throw new ModelRefusal("No space left on device");
        }
        for (Bitmap bitmap : wanted) {
            // One that a job has taken is stored as it is just then: its successor is what records.
            boolean recording = !bitmap.disabled || node.faults.has(Fault.QUIT_FORGETS_WHO_RECORDS);
            StoredBitmap stored = new StoredBitmap(bitmap.name, bitmap.granularity, recording, false, bitmap.granules);
            int index = indexOf(node.image, bitmap.name);
            if (index < 0) {
                node.image.bitmaps.add(stored);
            } else {
                node.image.bitmaps.set(index, stored);
            }
        }
    }

    /** When a node that stays open becomes read-only: the image's bits are the true ones from now on. */
    static void freeze(Node.Qcow2 node) throws ModelRefusal {
        store(node);
        node.readOnly = true;
        node.bitmaps.stream().filter(bitmap -> bitmap.persistent).forEach(bitmap -> bitmap.readOnly = true);
    }

    /** When it becomes writable again. */
    static void thaw(Node.Qcow2 node) {
        node.readOnly = false;
        node.bitmaps.forEach(bitmap -> bitmap.readOnly = false);
        node.image.bitmaps.replaceAll(StoredBitmap::opened);
    }

    /** A removal reaches the image at once (qemu-facts §7). */
    static Optional<StoredBitmap> remove(Node node, String name) {
        if (node instanceof Node.Qcow2 qcow2) {
            int index = indexOf(qcow2.image, name);
            if (index >= 0) {
                return Optional.of(qcow2.image.bitmaps.remove(index));
            }
        }
        return Optional.empty();
    }

    private static int indexOf(Image image, String name) {
        for (int index = 0; index < image.bitmaps.size(); index++) {
            if (image.bitmaps.get(index).name().equals(name)) {
                return index;
            }
        }
        return -1;
    }
}
