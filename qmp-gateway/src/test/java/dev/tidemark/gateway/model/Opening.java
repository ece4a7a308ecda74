package dev.tidemark.gateway.model;

import dev.tidemark.gateway.model.NodeOptions.Backing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Opens and closes nodes. */
final class Opening {
    private final Host host;
    private final Graph graph;
    private final ModelFaults faults;
    private int implicitNodes;

    Opening(Host host, Graph graph, ModelFaults faults) {
        this.host = host;
        this.graph = graph;
        this.faults = faults;
    }

    /** The options as production writes them. */
    NodeOptions read(JsonNode options) throws ModelRefusal {
        String driver = options.path("driver").asString("");
        if (!driver.equals("qcow2")) {
            throw new ModelRefusal("the model opens no " + driver + " by JSON");
        }
        JsonNode backing = options.path("backing");
        return new NodeOptions.Qcow2(
                options.path("node-name").asString(""),
                options.path("file").path("filename").asString(""),
                options.path("read-only").asBoolean(false),
                backing.isString()
                        ? new Backing.Node(backing.stringValue())
                        : backing.isNull() ? new Backing.None() : new Backing.OfHeader());
    }

    void open(NodeOptions options) throws ModelRefusal {
        if (graph.nodes.containsKey(options.node())) {
            throw new ModelRefusal("Duplicate nodes with node-name='" + options.node() + "'");
        }
        Node node = switch (options) {
            case NodeOptions.Qcow2 qcow2 ->
                openImage(qcow2.node(), qcow2.file(), qcow2.readOnly(), qcow2.backing(), false);
            case NodeOptions.Null empty -> new Node.Null(empty.node(), faults, cells(empty.bytes()), false);
            case NodeOptions.Broken broken -> new Node.Null(broken.node(), faults, cells(broken.bytes()), true);
            case NodeOptions.Part part -> {
                Node below = graph.node(part.below());
                if (part.offsetBytes() + part.bytes() > below.cells() * host.cellBytes()) {
                    throw new ModelRefusal("The sum of offset and size has to be smaller or equal to the size");
                }
                yield new Node.Window(
                        part.node(), faults, "raw", below, cells(part.offsetBytes()), cells(part.bytes()));
            }
            case NodeOptions.Filter filter ->
                new Node.Window(filter.node(), faults, "throttle", graph.node(filter.below()), 0, 0);
        };
        graph.nodes.put(node.name, node);
    }

    /** Closes a node, and what QEMU had opened below it by itself. */
    void close(Node node) {
        graph.nodes.remove(node.name);
        storeAsFarAsPossible(node);
        for (Node below : node.children()) {
            if (below instanceof Node.Qcow2 qcow2
                    && qcow2.implicit
                    && graph.parents(below).isEmpty()) {
                close(below);
            }
        }
    }

    static void storeAsFarAsPossible(Node node) {
        if (node instanceof Node.Qcow2 qcow2) {
            try {
                BitmapStore.store(qcow2);
            } catch (ModelRefusal unheard) {
                // QEMU says so on its stderr only, and ends well (qemu-facts §7).
                assert !qcow2.name.isEmpty();
            }
        }
    }

    /** Looked for down the backing chain, as QEMU does. */
    Bitmap exportable(Node node, String wanted, boolean writable) throws ModelRefusal {
        @Nullable Node layer = node;
        while (layer != null) {
            Bitmap bitmap = layer.find(wanted);
            if (bitmap != null) {
                if (bitmap.busy || bitmap.inconsistent) {
                    throw new ModelRefusal("Bitmap '" + wanted + "' cannot be used");
                }
                if (!writable && !layer.readOnly() && !bitmap.disabled) {
                    throw new ModelRefusal("Enabled bitmap '" + wanted + "' incompatible with readonly export");
                }
                return bitmap;
            }
            layer = layer.children().isEmpty() ? null : layer.children().getFirst();
        }
        throw new ModelRefusal("Bitmap '" + wanted + "' is not found");
    }

    private Node.Qcow2 openImage(String name, String file, boolean readOnly, Backing from, boolean implicit)
            throws ModelRefusal {
        Image image = host.image(file)
                .orElseThrow(() -> new ModelRefusal("Could not open '" + file + "': No such file or directory"));
        for (Node other : graph.nodes.values()) {
            if (other instanceof Node.Qcow2 open && open.image == image && !(open.readOnly && readOnly)) {
                throw new ModelRefusal("Failed to get \"write\" lock");
            }
        }
        Node.Qcow2 node = new Node.Qcow2(name, faults, image, file, "#file-of-" + name, implicit, readOnly);
        node.backing = backing(file, image, from);
        BitmapStore.load(node, host.cellBytes());
        return node;
    }

    private @Nullable Node backing(String file, Image image, Backing from) throws ModelRefusal {
        return switch (from) {
            case Backing.None() -> null;
            case Backing.Node(String name) -> graph.node(name);
            case Backing.OfHeader() -> {
                Optional<String> header = image.backingFile;
                if (header.isEmpty()) {
                    yield null;
                }
                Node.Qcow2 below = openImage(
                        "#block" + ++implicitNodes,
                        Host.resolve(file, header.get()),
                        true,
                        new Backing.OfHeader(),
                        true);
                graph.nodes.put(below.name, below);
                yield below;
            }
        };
    }

    private int cells(long bytes) {
        return Math.toIntExact(bytes / host.cellBytes());
    }
}
