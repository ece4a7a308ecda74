package dev.tidemark.gateway.act;

import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapMerge;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Whether bitmaps of a disk still hold their canary. QEMU tells how much a bitmap marks, and not what. So each is copied at one
 * moment, once as it is and once with the canary's bits: where the copies mark differently much, it lacked one. The copies go with
 * the canary's node.
 *
 * @param node the node that carries the bitmaps
 * @param bitmaps the bitmaps asked for
 * @param granularities theirs, in bytes, in the same order
 */
public record CanaryQuestion(Canary canary, String node, List<String> bitmaps, List<Long> granularities) {
    public CanaryQuestion {
        bitmaps = List.copyOf(bitmaps);
        granularities = List.copyOf(granularities);
        if (bitmaps.size() != granularities.size()) {
            throw new IllegalArgumentException("each bitmap has one granularity");
        }
    }

    /** Of these bitmaps and their granularities in bytes. */
    public static CanaryQuestion of(Canary canary, String node, Map<String, Long> granularities) {
        List<Map.Entry<String, Long>> asked = List.copyOf(granularities.entrySet());
        return new CanaryQuestion(
                canary,
                node,
                asked.stream().map(Map.Entry::getKey).toList(),
                asked.stream().map(Map.Entry::getValue).toList());
    }

    /** What is to be sent in one transaction; empty if nothing is asked. */
    public List<TransactionAction> actions() {
        List<TransactionAction> actions = new ArrayList<>();
        for (int index = 0; index < bitmaps.size(); index++) {
            OptionalLong granularity = OptionalLong.of(granularities.get(index));
            BitmapSource itself = BitmapSource.on(node, bitmaps.get(index));
            String alone = canary.copy(index);
            String together = canary.copyWithCanary(index);
            actions.add(new BitmapAdd(canary.node(), alone, false, true, granularity));
            actions.add(new BitmapMerge(canary.node(), alone, List.of(itself)));
            actions.add(new BitmapAdd(canary.node(), together, false, true, granularity));
            actions.add(new BitmapMerge(canary.node(), together, List.of(itself, BitmapSource.of(canary.bitmap()))));
        }
        return actions;
    }

    /**
     * The bitmaps that lack their canary, by what the bitmaps of the canary's node mark, in bytes. All of them if the canary itself
     * marks nothing: to add it then changes no copy, and proves nothing.
     */
    public List<String> lacking(Map<String, Long> dirtyBytes) {
        if (dirtyBytes.getOrDefault(canary.bitmap(), 0L) == 0) {
            return bitmaps;
        }
        List<String> lacking = new ArrayList<>();
        for (int index = 0; index < bitmaps.size(); index++) {
            Long alone = dirtyBytes.get(canary.copy(index));
            if (alone == null || !alone.equals(dirtyBytes.get(canary.copyWithCanary(index)))) {
                lacking.add(bitmaps.get(index));
            }
        }
        return lacking;
    }
}
