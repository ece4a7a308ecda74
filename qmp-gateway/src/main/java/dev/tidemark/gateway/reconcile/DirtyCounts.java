package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.BitmapName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much each checkpoint's bitmap marked when it was last seen in this session. Nothing that we do makes that less, so one
 * that marks less was re-made, cleared or cut by somebody else (hazards S1 and S7), and QEMU calls it healthy. It is told as
 * having lost bits for as long as the session lasts, and so is one that was found without its canary: nothing may be built on
 * it any more.
 *
 * <p>What it cannot see is what happened before the first look of a session; that is what canaries are for.
 */
final class DirtyCounts {
    private static final Logger LOG = LoggerFactory.getLogger(DirtyCounts.class);

    private Map<String, Long> last = Map.of();
    private final Set<String> fallen = new HashSet<>();

    /** The look, with what fell marked as what it is. */
    Look judged(Look look) {
        Map<String, Long> counts = new HashMap<>();
        List<ObservedDisk> disks = new ArrayList<>();
        for (ObservedDisk disk : look.observed().disks()) {
            List<ObservedBitmap> bitmaps = new ArrayList<>();
            for (ObservedBitmap bitmap : disk.bitmaps()) {
                bitmaps.add(judged(disk.facts().node(), bitmap, counts));
            }
            disks.add(new ObservedDisk(disk.facts(), bitmaps, disk.image()));
        }
        // What is gone is forgotten, so that this does not grow with time.
        last = counts;
        fallen.retainAll(counts.keySet());
        Sight.Observed seen = look.observed();
        return new Look(
                new Sight.Observed(
                        seen.qemu(),
                        seen.runState(),
                        disks,
                        seen.jobs(),
                        seen.nodes(),
                        seen.exports(),
                        seen.partialBackups(),
                        seen.unaddressableDisks(),
                        seen.guestFrozen(),
                        seen.secrets(),
                        seen.peer()),
                look.files());
    }

    /** From now on this bitmap is told as having lost bits. */
    void distrust(String node, String bitmap) {
        fallen.add(node + "/" + bitmap);
    }

    private ObservedBitmap judged(String node, ObservedBitmap bitmap, Map<String, Long> counts) {
        String name = bitmap.name().orElse("");
        if (!BitmapName.isCheckpointBitmap(name)) {
            return bitmap;
        }
        String key = node + "/" + name;
        counts.put(key, bitmap.dirtyBytes());
        long before = last.getOrDefault(key, 0L);
        if (bitmap.dirtyBytes() < before && fallen.add(key)) {
            LOG.warn(
                    "bitmap {} marked {} bytes and marks {}: it was re-made, cleared or cut",
                    key,
                    before,
                    bitmap.dirtyBytes());
        }
        return fallen.contains(key)
                ? new ObservedBitmap(
                        bitmap.name(),
                        bitmap.recording(),
                        bitmap.persistent(),
                        bitmap.busy(),
                        bitmap.inconsistent(),
                        bitmap.granularity(),
                        bitmap.dirtyBytes(),
                        true)
                : bitmap;
    }
}
