package dev.tidemark.coordinator.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * On what the next backup may build.
 *
 * @param held by disk, the bitmaps that QEMU itself holds and does not call inconsistent
 * @param lost by disk, those that were in QEMU when it was killed: whatever they are said to be since, they missed writes
 */
record Evidence(Map<String, Set<String>> held, Map<String, Set<String>> lost) {
    private static final String BITMAP_PREFIX = "tm-";

    /**
     * Holds a completed backup's disks against it.
     *
     * @param chain as the log has it, before or after that backup
     */
    void carries(JsonNode backup, JsonNode chain) throws Broken {
        for (JsonNode disk : backup.path("disks")) {
            if (!disk.path("kind").asString("").equals("INCREMENTAL")) {
                continue;
            }
            String name = disk.path("disk").asString("");
            String since = disk.path("since").asString("");
            List<String> used =
                    used(name, since, chain, backup.path("checkpoint").asString(""));
            if (used.isEmpty()) {
                throw broken(name, since, "the log's chain has no such checkpoint");
            }
            for (String bitmap : used) {
                if (!held.getOrDefault(name, Set.of()).contains(bitmap)) {
                    throw broken(name, since, "QEMU did not hold " + bitmap);
                }
                if (lost.getOrDefault(name, Set.of()).contains(bitmap)) {
                    throw broken(name, since, bitmap + " was in QEMU when it was killed");
                }
            }
        }
    }

    /** The bitmaps from that of this checkpoint to the newest, without the one that the backup itself has made. */
    private static List<String> used(String disk, String since, JsonNode chain, String own) {
        List<String> used = new ArrayList<>();
        for (JsonNode one : chain.path("disks")) {
            if (!one.path("disk").asString("").equals(disk)) {
                continue;
            }
            for (JsonNode bitmap : one.path("bitmaps")) {
                if (isOf(bitmap, own) && !own.isEmpty()) {
                    continue;
                }
                if (!used.isEmpty() || isOf(bitmap, since)) {
                    used.add(bitmap.path("name").asString(""));
                }
            }
        }
        return used;
    }

    private static boolean isOf(JsonNode bitmap, String checkpoint) {
        return bitmap.path("name").asString("").equals(BITMAP_PREFIX + checkpoint)
                || bitmap.path("checkpoint").asString("").equals(checkpoint);
    }

    private static Broken broken(String disk, String since, String why) {
        return new Broken(
                Invariant.NO_INCREMENTAL_ON_LOST_EVIDENCE,
                "disk " + disk + " is incremental since " + since + ", but " + why);
    }
}
