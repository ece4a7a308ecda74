package dev.tidemark.gateway.observe;

import dev.tidemark.schema.id.BitmapName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which node stands on which. Every walk is bounded: a graph with a circle is no graph of QEMU's. */
final class BlockGraph {
    /** Longest walk; QEMU itself gives up on far shorter chains. */
    private static final int DEPTH_MAX = 10_000;

    /** Jobs and devices stand in the same list; only edges between block nodes tell what a disk is made of. */
    private static final String BLOCK_NODE = "block-driver";

    private record Child(String role, String node) {}

    private final Map<String, BlockNode> nodes = new LinkedHashMap<>();
    private final Map<String, List<Child>> children = new HashMap<>();
    private final Map<String, List<String>> parents = new HashMap<>();

    /** Nodes that somebody reads or writes without another node between: exports, in a storage daemon. */
    private final Set<String> served = new HashSet<>();

    private BlockGraph() {}

    static BlockGraph read(Reply namedNodes, Reply graph) throws UnusableReply {
        BlockGraph result = new BlockGraph();
        for (Reply element : namedNodes.elements()) {
            BlockNode node = BlockNode.read(element);
            result.nodes.put(node.name(), node);
        }
        Map<Long, String> names = names(graph, BLOCK_NODE);
        Set<Long> backends = names(graph, "block-backend").keySet();
        for (Reply edge : graph.member("edges").elements()) {
            String parent = names.get(edge.number("parent"));
            String child = names.get(edge.number("child"));
            if (child != null && backends.contains(edge.number("parent"))) {
                result.served.add(child);
            }
            if (parent != null && child != null) {
                result.children
                        .computeIfAbsent(parent, ignored -> new ArrayList<>())
                        .add(new Child(edge.text("name"), child));
                result.parents
                        .computeIfAbsent(child, ignored -> new ArrayList<>())
                        .add(parent);
            }
        }
        for (String name : names.values()) {
            result.node(name);
        }
        return result;
    }

    /** What a node stands on, by role. */
    static Map<String, String> children(Reply graph, String node) throws UnusableReply {
        Map<Long, String> names = names(graph, BLOCK_NODE);
        Map<String, String> children = new HashMap<>();
        for (Reply edge : graph.member("edges").elements()) {
            String child = names.get(edge.number("child"));
            if (node.equals(names.get(edge.number("parent"))) && child != null) {
                children.put(edge.text("name"), child);
            }
        }
        return children;
    }

    Iterable<BlockNode> nodes() {
        return nodes.values();
    }

    BlockNode node(String name) throws UnusableReply {
        BlockNode node = nodes.get(name);
        if (node == null) {
            throw UnusableReply.moved("node '" + name + "' is not among the named ones");
        }
        return node;
    }

    /** The node below any filters: the one that carries the disk's bitmaps. */
    BlockNode throughFilters(String name) throws UnusableReply {
        BlockNode node = node(name);
        for (int depth = 0; node.isFilter(); depth++) {
            node = node(filtered(node, depth));
        }
        return node;
    }

    /**
     * Whether no other node stands on it, but for filters that nothing stands on, and nodes of ours. An exported node to which
     * somebody's backup writes is a disk all the same: its own users read and write it as before.
     */
    boolean isRoot(BlockNode node) throws UnusableReply {
        return isRoot(node, 0);
    }

    /** The file of the layer, as the protocol below the format names it. */
    String file(BlockNode format) throws UnusableReply {
        BlockNode node = format;
        for (int depth = 0; depth < DEPTH_MAX; depth++) {
            Optional<String> below = child(node, "file");
            if (below.isEmpty()) {
                return node.file();
            }
            node = node(below.get());
        }
        throw UnusableReply.malformed(format.name(), "stands on more than " + DEPTH_MAX + " nodes");
    }

    /** Layers below this one. */
    int backingDepth(BlockNode format) throws UnusableReply {
        int layers = 0;
        Optional<String> below = child(format, "backing");
        while (below.isPresent()) {
            layers++;
            if (layers > DEPTH_MAX) {
                throw UnusableReply.malformed(format.name(), "has more than " + DEPTH_MAX + " backing layers");
            }
            below = child(throughFilters(below.get()), "backing");
        }
        return layers;
    }

    /** Where the bytes of all layers come from, the top layer's first. */
    List<DiskFile> files(BlockNode format) throws UnusableReply {
        List<DiskFile> files = new ArrayList<>();
        files(format, false, 0, files);
        return List.copyOf(files);
    }

    private void files(BlockNode node, boolean backing, int depth, List<DiskFile> files) throws UnusableReply {
        if (depth > DEPTH_MAX) {
            throw UnusableReply.malformed(node.name(), "stands on more than " + DEPTH_MAX + " nodes");
        }
        List<Child> below = children.getOrDefault(node.name(), List.of());
        if (below.isEmpty()) {
            files.add(new DiskFile(node.file(), node.driver(), backing));
        }
        for (Child child : below) {
            files(node(child.node()), backing || child.role().equals("backing"), depth + 1, files);
        }
    }

    private static Map<Long, String> names(Reply graph, String type) throws UnusableReply {
        Map<Long, String> names = new HashMap<>();
        for (Reply element : graph.member("nodes").elements()) {
            if (element.text("type").equals(type)) {
                names.put(element.number("id"), element.text("name"));
            }
        }
        return names;
    }

    private boolean isRoot(BlockNode node, int depth) throws UnusableReply {
        if (depth > DEPTH_MAX) {
            throw UnusableReply.malformed(node.name(), "has more than " + DEPTH_MAX + " nodes above it");
        }
        for (String name : parents.getOrDefault(node.name(), List.of())) {
            BlockNode parent = node(name);
            boolean ours = parent.name().startsWith(BitmapName.PREFIX);
            boolean onlyCopiedTo = parent.isFilter() && !isFilteredBy(node, parent) && served.contains(node.name());
            boolean onlyFiltered = parent.isFilter() && isFilteredBy(node, parent) && isRoot(parent, depth + 1);
            if (!ours && !onlyCopiedTo && !onlyFiltered) {
                return false;
            }
        }
        return true;
    }

    private boolean isFilteredBy(BlockNode node, BlockNode filter) throws UnusableReply {
        return filtered(filter, 0).equals(node.name());
    }

    private String filtered(BlockNode filter, int depth) throws UnusableReply {
        Optional<String> below = child(filter, "file");
        if (below.isEmpty()) {
            // commit_top and mirror_top call what they filter their backing.
            below = child(filter, "backing");
        }
        if (below.isEmpty() || depth > DEPTH_MAX) {
            throw UnusableReply.moved("filter '" + filter.name() + "' has nothing below it");
        }
        return below.get();
    }

    private Optional<String> child(BlockNode node, String role) {
        return children.getOrDefault(node.name(), List.of()).stream()
                .filter(child -> child.role().equals(role))
                .map(Child::node)
                .findFirst();
    }
}
