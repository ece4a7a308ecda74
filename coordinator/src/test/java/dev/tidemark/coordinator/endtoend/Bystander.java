package dev.tidemark.coordinator.endtoend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** A real QEMU as somebody sees it who owes nothing to our code: by a monitor of its own and by what the disks hold. */
interface Bystander {
    String NODES = "{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}";

    /** Where our code talks to it. */
    Path socket();

    /** What the guest sees of every disk now. */
    Map<String, byte[]> contents();

    /** A stranger's command. */
    JsonNode qmp(String json);

    /** The node that the disk's device stands on now. */
    String node(String disk);

    /** The bitmaps on a disk's top node, by name. */
    default Map<String, JsonNode> bitmaps(String disk) {
        String top = node(disk);
        Map<String, JsonNode> bitmaps = new TreeMap<>();
        for (JsonNode node : qmp(NODES)) {
            if (node.path("node-name").asString("").equals(top)) {
                for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                    bitmaps.put(bitmap.path("name").asString(""), bitmap);
                }
            }
        }
        return bitmaps;
    }

    /** Which of the disk's bitmaps of ours record. */
    default List<String> recording(String disk) {
        return bitmaps(disk).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("tm-"))
                .filter(entry -> entry.getValue().path("recording").asBoolean(false))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Jobs, nodes, exports and temporary bitmaps with our prefix. */
    default List<String> leftovers() {
        List<String> found = new ArrayList<>();
        for (JsonNode job : qmp("{\"execute\":\"query-jobs\"}")) {
            found.add("job " + job.path("id").asString(""));
        }
        for (JsonNode node : qmp(NODES)) {
            String name = node.path("node-name").asString("");
            if (name.startsWith("tm-")) {
                found.add("node " + name);
            }
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                if (bitmap.path("name").asString("").startsWith("tm-tmp-")) {
                    found.add("bitmap " + bitmap.path("name").asString(""));
                }
            }
        }
        for (JsonNode export : qmp("{\"execute\":\"query-block-exports\"}")) {
            if (export.path("id").asString("").startsWith("tm-")) {
                found.add("export " + export.path("id").asString(""));
            }
        }
        for (JsonNode root : qmp("{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/\"}}")) {
            // Only where there has ever been an object is there a place for them.
            if (root.path("name").asString("").equals("objects")) {
                found.addAll(secrets());
            }
        }
        return found;
    }

    private List<String> secrets() {
        List<String> found = new ArrayList<>();
        for (JsonNode object : qmp("{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/objects\"}}")) {
            if (object.path("name").asString("").startsWith("tm-")
                    && object.path("type").asString("").equals("child<secret>")) {
                found.add("secret " + object.path("name").asString(""));
            }
        }
        return found;
    }

    default void bitmapVerb(String verb, String disk, String bitmap) {
        qmp("{\"execute\":\"" + verb + "\",\"arguments\":{\"node\":\"" + node(disk) + "\",\"name\":\"" + bitmap
                + "\"}}");
    }

    default void addBitmap(String disk, String name, String more) {
        qmp("{\"execute\":\"block-dirty-bitmap-add\",\"arguments\":{\"node\":\"" + node(disk) + "\",\"name\":\"" + name
                + "\"" + more + "}}");
    }
}
