package dev.tidemark.gateway.observe;

import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.InvalidIdentity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The writable disks of a machine, each resolved to the node that carries its bitmaps now: node names change with every
 * snapshot and pivot, device ids do not (qemu-facts §2). What cannot be named beyond doubt is told as unaddressable.
 */
final class Disks {
    /** QEMU lists children in any order, and two looks at the same thing must be equal. */
    private static final Comparator<DiskFile> IN_ORDER =
            Comparator.comparing(DiskFile::backing).thenComparing(DiskFile::file);

    private static final String WITH_ID = "/machine/peripheral/";

    private final BlockGraph graph;
    private final UnaryOperator<String> absolute;
    private final Map<DiskName, ObservedDisk> found = new LinkedHashMap<>();
    private final Map<DiskName, List<DiskFile>> files = new LinkedHashMap<>();
    private final Set<String> nodesTaken = new HashSet<>();
    private final List<String> unaddressable = new ArrayList<>();

    private Disks(BlockGraph graph, UnaryOperator<String> absolute) {
        this.graph = graph;
        this.absolute = absolute;
    }

    /**
     * The disks of qemu-system: what its devices stand on.
     *
     * @param absolute makes a file name absolute that QEMU gave relative to its working directory
     */
    static Disks ofDevices(BlockGraph graph, Reply block, UnaryOperator<String> absolute) throws UnusableReply {
        Disks disks = new Disks(graph, absolute);
        for (Reply device : block.elements()) {
            Optional<Reply> inserted = device.optional("inserted");
            if (inserted.isEmpty() || device.flag("removable") || inserted.get().flag("ro")) {
                continue;
            }
            BlockNode node = graph.throughFilters(inserted.get().text("node-name"));
            Optional<String> path = device.optionalText("qdev").filter(text -> !text.isEmpty());
            disks.add(
                    path.flatMap(Disks::deviceId).orElse(""), path, path.orElseGet(() -> "node " + node.name()), node);
        }
        return disks;
    }

    /** The disks of qemu-storage-daemon, which has no devices: its writable images on which nothing else stands. */
    static Disks ofRootNodes(BlockGraph graph, UnaryOperator<String> absolute) throws UnusableReply {
        Disks disks = new Disks(graph, absolute);
        for (BlockNode node : graph.nodes()) {
            if (node.isFormat()
                    && !node.readOnly()
                    && !node.name().startsWith(BitmapName.PREFIX)
                    && graph.isRoot(node)) {
                disks.add(node.name(), Optional.empty(), "node " + node.name(), node);
            }
        }
        return disks;
    }

    List<ObservedDisk> found() {
        // In the order of their names: QEMU's order is no promise, and two looks at the same thing must be equal.
        return found.values().stream()
                .sorted((one, other) ->
                        one.facts().name().compareTo(other.facts().name()))
                .toList();
    }

    /** What each disk's bytes come from, the backing layers' included. */
    Map<DiskName, List<DiskFile>> files() {
        return Map.copyOf(files);
    }

    List<String> unaddressable() {
        return unaddressable.stream().sorted().distinct().toList();
    }

    private void add(String id, Optional<String> device, String shown, BlockNode node) throws UnusableReply {
        DiskName name;
        try {
            name = new DiskName(id);
        } catch (InvalidIdentity unusable) {
            unaddressable.add(shown);
            return;
        }
        // Two devices of one name, or one node under two devices, could not be told apart in a transaction.
        if (found.containsKey(name) || !nodesTaken.add(node.name())) {
            unaddressable.add(shown);
            return;
        }
        DiskFacts facts = new DiskFacts(
                name,
                node.name(),
                node.driver(),
                node.virtualSize(),
                absolute.apply(graph.file(node)),
                graph.backingDepth(node),
                node.persistentBitmaps(),
                device);
        found.put(name, new ObservedDisk(facts, node.bitmaps()));
        files.put(
                name,
                graph.files(node).stream()
                        .map(file -> new DiskFile(absolute.apply(file.file()), file.driver(), file.backing()))
                        .sorted(IN_ORDER)
                        .toList());
    }

    /** {@code /machine/peripheral/vda/virtio-backend} is vda; scsi and ide disks give their id alone. */
    private static Optional<String> deviceId(String path) {
        if (path.startsWith(WITH_ID)) {
            String rest = path.substring(WITH_ID.length());
            int end = rest.indexOf('/');
            return Optional.of(end < 0 ? rest : rest.substring(0, end));
        }
        return path.startsWith("/") ? Optional.empty() : Optional.of(path);
    }
}
