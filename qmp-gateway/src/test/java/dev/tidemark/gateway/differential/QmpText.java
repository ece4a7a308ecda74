package dev.tidemark.gateway.differential;

import dev.tidemark.gateway.model.ModelAction;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The steps as they are said to QEMU. */
final class QmpText {
    /** A job to this target is not slowed down: QEMU sees the error of a chunk only when it comes to the next. */
    static final String BROKEN = "bad";

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private QmpText() {}

    static ObjectNode openImage(String node, String path, boolean readOnly, Optional<String> backing) {
        ObjectNode options = image(node, readOnly, backing);
        options.putObject("file")
                .put("driver", "file")
                .put("node-name", fileNode(node))
                .put("filename", path);
        return command("blockdev-add", options);
    }

    static ObjectNode openNull(String node, long bytes, boolean broken) {
        ObjectNode options = JSON.objectNode();
        ObjectNode empty = options;
        if (broken) {
            options.put("driver", "blkdebug").put("node-name", node);
            var faults = options.putArray("inject-error");
            for (String kind : List.of("write", "write-zeroes")) {
                faults.addObject().put("event", "none").put("iotype", kind).put("errno", 5);
            }
            empty = options.putObject("image");
        } else {
            options.put("node-name", node);
        }
        empty.put("driver", "null-co").put("size", bytes).put("read-zeroes", true);
        return command("blockdev-add", options);
    }

    static ObjectNode openPart(String node, String below, long offset, long bytes) {
        ObjectNode options = JSON.objectNode().put("driver", "raw").put("node-name", node);
        return command(
                "blockdev-add", options.put("offset", offset).put("size", bytes).put("file", below));
    }

    static ObjectNode openFilter(String node, String below) {
        ObjectNode options = JSON.objectNode().put("driver", "throttle").put("node-name", node);
        return command("blockdev-add", options.put("throttle-group", "group").put("file", below));
    }

    static ObjectNode reopen(String node, boolean readOnly, Optional<String> backing) {
        ObjectNode arguments = JSON.objectNode();
        arguments.putArray("options").add(image(node, readOnly, backing).put("file", fileNode(node)));
        return command("blockdev-reopen", arguments);
    }

    static ObjectNode addExport(String id, String node, boolean writable, List<String> bitmaps) {
        ObjectNode options = JSON.objectNode()
                .put("type", "nbd")
                .put("id", id)
                .put("node-name", node)
                .put("name", id)
                .put("writable", writable);
        if (!bitmaps.isEmpty()) {
            var list = options.putArray("bitmaps");
            bitmaps.forEach(list::add);
        }
        return command("block-export-add", options);
    }

    static ObjectNode alone(ModelAction action) {
        ObjectNode said = action(action);
        return command(said.get("type").stringValue(), (ObjectNode) said.get("data"));
    }

    static ObjectNode transaction(List<ModelAction> actions) {
        ObjectNode arguments = JSON.objectNode();
        var list = arguments.putArray("actions");
        actions.forEach(action -> list.add(action(action)));
        return command("transaction", arguments);
    }

    static boolean isHalted(BlockdevBackup backup) {
        return !backup.target().equals(BROKEN);
    }

    static ObjectNode command(String name, ObjectNode arguments) {
        ObjectNode command = JSON.objectNode().put("execute", name);
        command.set("arguments", arguments);
        return command;
    }

    static ObjectNode of(String name, String key, String value) {
        return command(name, JSON.objectNode().put(key, value));
    }

    private static ObjectNode action(ModelAction action) {
        return switch (action) {
            case ModelAction.Said(TransactionAction said) -> {
                ObjectNode data = said.data();
                if (said instanceof BlockdevBackup backup && isHalted(backup)) {
                    // One chunk at once, then none for a long time.
                    data.put("speed", 1)
                            .putObject("x-perf")
                            .put("max-workers", 1)
                            .put("max-chunk", 65_536);
                }
                yield typed(said.wireName(), data);
            }
            case ModelAction.BitmapClear(String node, String name) ->
                typed(
                        "block-dirty-bitmap-clear",
                        JSON.objectNode().put("node", node).put("name", name));
            case ModelAction.Snapshot(String node, String overlay) ->
                typed("blockdev-snapshot", JSON.objectNode().put("node", node).put("overlay", overlay));
            case ModelAction.Abort() -> typed("abort", JSON.objectNode());
        };
    }

    private static ObjectNode typed(String type, ObjectNode data) {
        ObjectNode action = JSON.objectNode().put("type", type);
        action.set("data", data);
        return action;
    }

    private static ObjectNode image(String node, boolean readOnly, Optional<String> backing) {
        ObjectNode options = JSON.objectNode()
                .put("driver", "qcow2")
                .put("node-name", node)
                .put("read-only", readOnly)
                .put("discard", "unmap");
        return backing.isPresent() ? options.put("backing", backing.get()) : options.putNull("backing");
    }

    private static String fileNode(String node) {
        return "f-" + node;
    }
}
