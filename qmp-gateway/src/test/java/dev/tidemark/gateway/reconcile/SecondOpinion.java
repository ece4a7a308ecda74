package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.id.BitmapName;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a disk of the rig holds, asked over a monitor and with a parser of which the gateway knows nothing. */
final class SecondOpinion {
    private SecondOpinion() {}

    static Map<String, ObservedBitmap> bitmaps(Rig rig, int disk) {
        Map<String, ObservedBitmap> bitmaps = new TreeMap<>();
        try (RawMonitor bystander = rig.bystander()) {
            var nodes = bystander.execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}");
            for (var node : nodes) {
                if (node.path("node-name").stringValue().equals("d" + disk)) {
                    for (var bitmap : node.path("dirty-bitmaps")) {
                        String name = bitmap.path("name").asString("");
                        bitmaps.put(
                                name,
                                new ObservedBitmap(
                                        Optional.of(name),
                                        bitmap.path("recording").booleanValue(),
                                        bitmap.path("persistent").booleanValue(),
                                        bitmap.path("busy").booleanValue(),
                                        bitmap.path("inconsistent").asBoolean(false),
                                        bitmap.path("granularity").longValue(),
                                        bitmap.path("count").longValue()));
                    }
                }
            }
        }
        return bitmaps;
    }

    static ObservedBitmap bitmap(Rig rig, int disk, BitmapName name) {
        ObservedBitmap bitmap = bitmaps(rig, disk).get(name.value());
        if (bitmap == null) {
            throw new AssertionError("disk d" + disk + " has no bitmap " + name);
        }
        return bitmap;
    }
}
