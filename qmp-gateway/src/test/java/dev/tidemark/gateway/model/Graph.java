package dev.tidemark.gateway.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is open in a process, and who may do what to whom: QEMU's permissions and blockers, as far as they matter here. */
final class Graph {
    final Map<String, Node> nodes = new LinkedHashMap<>();
    final Map<String, Job> jobs = new LinkedHashMap<>();
    final Map<String, Export> exports = new LinkedHashMap<>();
    private final long cellBytes;

    Graph(long cellBytes) {
        this.cellBytes = cellBytes;
    }

    long cellBytes() {
        return cellBytes;
    }

    Node node(String name) throws ModelRefusal {
        Node node = nodes.get(name);
        if (node == null) {
            throw new ModelRefusal("Cannot find device='' nor node-name='" + name + "'");
        }
        return node;
    }

    List<Node> parents(Node node) {
        List<Node> parents = new ArrayList<>();
        for (Node other : nodes.values()) {
            if (other.children().contains(node)) {
                parents.add(other);
            }
        }
        return parents;
    }

    List<Export> exportsOf(Node node) {
        return exports.isEmpty()
                ? List.of()
                : exports.values().stream()
                        .filter(export -> export.node == node)
                        .toList();
    }

    /** Whatever stood on the node stands on its overlay now. */
    Runnable moveUsers(Node node, Node overlay) {
        List<Export> moved = exportsOf(node);
        moved.forEach(export -> export.node = overlay);
        // Those above a job's filter: the new layer comes below it.
        List<Node.Qcow2> standing =
                overlays(node).stream().filter(other -> other != overlay).toList();
        standing.forEach(other -> other.backing = overlay);
        List<Job> copying = running().filter(job -> job.source == node).toList();
        copying.forEach(job -> job.source = overlay);
        overlay.jobs.addAll(node.jobs);
        node.jobs.clear();
        return () -> {
            moved.forEach(export -> export.node = node);
            standing.forEach(other -> other.backing = node);
            copying.forEach(job -> job.source = node);
            node.jobs.addAll(overlay.jobs);
            overlay.jobs.clear();
        };
    }

    private Stream<Job> running() {
        return jobs.values().stream().filter(job -> !job.isConcluded());
    }

    boolean inJob(Node node) {
        for (Job job : jobs.values()) {
            if (!job.isConcluded() && (job.source == node || job.target == node)) {
                return true;
            }
        }
        return false;
    }

    boolean isSource(Node node) {
        return running().anyMatch(job -> job.source == node);
    }

    boolean isTarget(Node node) {
        for (Job job : jobs.values()) {
            if (!job.isConcluded() && job.target == node) {
                return true;
            }
        }
        return false;
    }

    /** Whether an overlay stands on it without a job's filter between: QEMU blocks what stands right below an overlay. */
    boolean isBacking(Node node) {
        return overlays(node).stream()
                .anyMatch(overlay ->
                        running().noneMatch(job -> job.source == node && job.overlaysAbove.contains(overlay)));
    }

    List<Node.Qcow2> overlays(Node node) {
        List<Node.Qcow2> overlays = new ArrayList<>();
        for (Node other : nodes.values()) {
            if (other instanceof Node.Qcow2 qcow2 && qcow2.backing == node) {
                overlays.add(qcow2);
            }
        }
        return overlays;
    }

    /** Whether an image that stands on this one is being backed up: what a copy is made of must stay as it is, down to its base. */
    boolean isBelowSource(Node node) {
        return nodes.values().stream()
                .anyMatch(other -> other instanceof Node.Qcow2 qcow2
                        && qcow2.backing == node
                        && (running().anyMatch(job -> job.source == other) || isBelowSource(other)));
    }

    private static boolean standsOn(Node node, Node below) {
        return node.children().stream().anyMatch(child -> child == below || standsOn(child, below));
    }

    private boolean isBaseWritten(Node node) {
        return node instanceof Node.Qcow2 qcow2
                && qcow2.backing != null
                && (writtenFromAbove(qcow2.backing) || isBaseWritten(qcow2.backing));
    }

    boolean writtenFromAbove(Node node) {
        return exportsOf(node).stream().anyMatch(export -> export.writable);
    }

    void requireUnused(Node node) throws ModelRefusal {
        if (!parents(node).isEmpty() || !exportsOf(node).isEmpty() || inJob(node)) {
            throw new ModelRefusal("Node " + node.name + " is in use");
        }
    }

    void requireBackupPossible(String id, Node source, Node target) throws ModelRefusal {
        if (jobs.containsKey(id)) {
            throw new ModelRefusal("Job ID '" + id + "' already in use");
        }
        if (source == target) {
            throw new ModelRefusal("Source and target cannot be the same");
        }
        if (inJob(target) || isTarget(source)) {
            throw new ModelRefusal("Node is busy: block device is in use by block job: backup");
        }
        if (standsOn(source, target)) {
            throw new ModelRefusal("Permission conflict: '" + source.name + "' reads '" + target.name + "'");
        }
        if (isBaseWritten(source)) {
            throw new ModelRefusal("Permission conflict: somebody writes to a base of '" + source.name + "'");
        }
        if (target.readOnly()) {
            throw new ModelRefusal("Block node is read-only");
        }
        if (source.cells() != target.cells()) {
            throw new ModelRefusal("Source and target image have different sizes");
        }
    }

    Node.Qcow2 requireSnapshotPossible(Node node, String overlayName) throws ModelRefusal {
        if (isBacking(node)) {
            throw new ModelRefusal("Node '" + node.name + "' is busy");
        }
        // A backup's source may get an overlay while it runs; what it writes to may not.
        if (isTarget(node)) {
            throw new ModelRefusal("Node '" + node.name + "' is busy: block device is in use by block job: backup");
        }
        Node overlay = node(overlayName);
        if (!(overlay instanceof Node.Qcow2 qcow2)) {
            throw new ModelRefusal("The overlay does not support backing images");
        }
        if (qcow2.backing != null) {
            throw new ModelRefusal("The overlay already has a backing image");
        }
        if (overlay == node
                || !exportsOf(overlay).isEmpty()
                || !parents(overlay).isEmpty()
                || inJob(overlay)) {
            throw new ModelRefusal("The overlay is already in use");
        }
        return qcow2;
    }

    void requireResizePossible(Node node) throws ModelRefusal {
        if (!(node instanceof Node.Qcow2 qcow2)) {
            throw new ModelRefusal("Image format driver does not support resize");
        }
        if (node.readOnly()) {
            throw new ModelRefusal("Image is read-only");
        }
        if (inJob(node) || isBacking(node) || !exportsOf(node).isEmpty()) {
            throw new ModelRefusal("Permission conflict on node '" + node.name + "'");
        }
        for (StoredBitmap stored : qcow2.image.bitmaps) {
            @Nullable Bitmap bitmap = node.find(stored.name());
            if (bitmap == null || bitmap.inconsistent || bitmap.busy || bitmap.readOnly) {
                throw new ModelRefusal("Bitmap '" + stored.name() + "' cannot be resized");
            }
        }
    }
}
