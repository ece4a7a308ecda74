package dev.tidemark.gateway.observe;

import dev.tidemark.schema.id.BitmapName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which node stands on which. Every walk ends, however hostile the reply: a graph with a circle, or a name that stands for two nodes,
 * is no graph of QEMU's and is turned down before anybody walks it.
 */
final class BlockGraph {
    /** Where many ways lead to one node, each way counts: so many are more than any disk has. */
    private static final int WAYS_MAX = 20_000;

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
            if (result.nodes.put(node.name(), node) != null) {
                throw UnusableReply.malformed(element.where(), "is a second node '" + node.name() + "'");
            }
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
        result.requireNoCircle(graph.where());
        return result;
    }

    /** Takes away what nothing stands on, again and again: what stays stands on itself. */
    private void requireNoCircle(String where) throws UnusableReply {
        Map<String, Integer> above = new HashMap<>();
        parents.forEach((node, all) -> above.put(node, all.size()));
        Deque<String> free = new ArrayDeque<>();
        children.keySet().stream().filter(node -> !above.containsKey(node)).forEach(free::add);
        while (!free.isEmpty()) {
            for (Child child : children.getOrDefault(free.remove(), List.of())) {
                if (above.merge(child.node(), -1, Integer::sum) == 0) {
                    above.remove(child.node());
                    free.add(child.node());
                }
            }
        }
        if (!above.isEmpty()) {
            throw UnusableReply.malformed(where, "has a node that stands on itself");
        }
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
        while (node.isFilter()) {
            node = node(filtered(node));
        }
        return node;
    }

    /**
     * Whether no other node stands on it, but for filters that nothing stands on, and nodes of ours. An exported node to which
     * somebody's backup writes is a disk all the same: its own users read and write it as before.
     */
    boolean isRoot(BlockNode node) throws UnusableReply {
        Set<String> seen = new HashSet<>();
        Deque<BlockNode> above = new ArrayDeque<>(List.of(node));
        while (!above.isEmpty()) {
            BlockNode one = above.remove();
            for (String name : parents.getOrDefault(one.name(), List.of())) {
                BlockNode parent = node(name);
                boolean ours = parent.name().startsWith(BitmapName.PREFIX);
                boolean filters = parent.isFilter() && isFilteredBy(one, parent);
                boolean onlyCopiedTo = parent.isFilter() && !filters && served.contains(one.name());
                if (!ours && !onlyCopiedTo && !filters) {
                    return false;
                }
                if (!ours && filters && seen.add(name)) {
                    above.add(parent);
                }
            }
        }
        return true;
    }

    /** The file of the layer, as the protocol below the format names it. */
    String file(BlockNode format) throws UnusableReply {
        BlockNode node = format;
        Optional<String> below = child(node, "file");
        while (below.isPresent()) {
            node = node(below.get());
            below = child(node, "file");
        }
        return node.file();
    }

    /** Layers below this one. */
    int backingDepth(BlockNode format) throws UnusableReply {
        int layers = 0;
        Optional<String> below = child(format, "backing");
        while (below.isPresent()) {
            layers++;
            below = child(throughFilters(below.get()), "backing");
        }
        return layers;
    }

    private record Step(String node, boolean backing) {}

    /** Where the bytes of all layers come from. */
    List<DiskFile> files(BlockNode format) throws UnusableReply {
        List<DiskFile> files = new ArrayList<>();
        Deque<Step> steps = new ArrayDeque<>(List.of(new Step(format.name(), false)));
        for (int ways = 0; !steps.isEmpty(); ways++) {
            if (ways > WAYS_MAX) {
                throw UnusableReply.malformed(format.name(), "stands on nodes in more than " + WAYS_MAX + " ways");
            }
            Step step = steps.remove();
            List<Child> below = children.getOrDefault(step.node(), List.of());
            if (below.isEmpty()) {
                BlockNode node = node(step.node());
                files.add(new DiskFile(node.file(), node.driver(), step.backing()));
            }
            for (Child child : below) {
                steps.add(new Step(child.node(), step.backing() || child.role().equals("backing")));
            }
        }
        return List.copyOf(files);
    }

    private static Map<Long, String> names(Reply graph, String type) throws UnusableReply {
        Map<Long, String> names = new HashMap<>();
        for (Reply element : graph.member("nodes").elements()) {
            if (element.text("type").equals(type)) {
                if (names.put(element.number("id"), element.text("name")) != null) {
                    throw UnusableReply.malformed(element.where(), "has an id that another one has");
                }
            }
        }
        return names;
    }

    private boolean isFilteredBy(BlockNode node, BlockNode filter) throws UnusableReply {
        return filtered(filter).equals(node.name());
    }

    private String filtered(BlockNode filter) throws UnusableReply {
        Optional<String> below = child(filter, "file");
        if (below.isEmpty()) {
            // commit_top and mirror_top call what they filter their backing.
            below = child(filter, "backing");
        }
        if (below.isEmpty()) {
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
