package dev.tidemark.gateway.model;

import dev.tidemark.gateway.observe.Look;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.InvalidIdentity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What production's observer would make of the queries. */
final class Sights {
    private final Graph graph;

    Sights(Graph graph) {
        this.graph = graph;
    }

    Look look(QemuFacts qemu, List<String> partialBackups) {
        List<ObservedDisk> disks = new ArrayList<>();
        List<String> unaddressable = new ArrayList<>();
        for (Node node : graph.nodes.values()) {
            boolean image = node instanceof Node.Qcow2 || node.driver().equals("raw");
            if (image && !node.readOnly() && !isOurs(node.name) && isRoot(node)) {
                try {
                    disks.add(new ObservedDisk(facts(node), bitmaps(node)));
                } catch (InvalidIdentity unusable) {
                    unaddressable.add("node " + node.name);
                }
            }
        }
        disks.sort(Comparator.comparing(disk -> disk.facts().name()));
        return new Look(new Sight.Observed(
                qemu,
                "running",
                disks,
                jobs(),
                ours(graph.nodes.keySet()),
                ours(graph.exports.keySet()),
                partialBackups.stream().sorted().toList(),
                unaddressable.stream().sorted().toList()));
    }

    List<ObservedJob> jobs() {
        List<ObservedJob> jobs = new ArrayList<>();
        for (Job job : graph.jobs.values()) {
            if (isOurs(job.id)) {
                jobs.add(job.observed());
            }
        }
        jobs.sort(Comparator.comparing(ObservedJob::id));
        return jobs;
    }

    static List<ObservedBitmap> bitmaps(Node node) {
        List<ObservedBitmap> bitmaps = new ArrayList<>();
        for (int job = 0; job < node.jobs.size(); job++) {
            // What is left to copy; QEMU lists such bitmaps of its own without a name (qemu-facts §2).
            bitmaps.add(new ObservedBitmap(Optional.empty(), false, false, false, false, Image.CLUSTER_BYTES, 0));
        }
        for (Bitmap bitmap : node.bitmaps) {
            bitmaps.add(new ObservedBitmap(
                    Optional.of(bitmap.name),
                    bitmap.recording(),
                    bitmap.persistent,
                    bitmap.busy,
                    bitmap.inconsistent,
                    bitmap.granularity,
                    bitmap.dirtyBytes()));
        }
        return bitmaps;
    }

    private DiskFacts facts(Node node) {
        return new DiskFacts(
                new DiskName(node.name),
                node.name,
                node.driver(),
                node.cells() * graph.cellBytes(),
                file(node),
                depth(node),
                node instanceof Node.Qcow2);
    }

    private static String file(Node node) {
        return switch (node) {
            case Node.Qcow2 qcow2 -> qcow2.file;
            case Node.Null empty -> empty.driver() + "://";
            case Node.Window window -> file(window.children().getFirst());
        };
    }

    private static int depth(Node node) {
        return node instanceof Node.Qcow2 qcow2 && qcow2.backing != null ? 1 + depth(qcow2.backing) : 0;
    }

    private boolean isRoot(Node node) {
        for (Node parent : graph.parents(node)) {
            boolean filtered = parent instanceof Node.Window window && window.isFilter() && isRoot(parent);
            if (!isOurs(parent.name) && !filtered) {
                return false;
            }
        }
        return !graph.isTarget(node);
    }

    private static List<String> ours(Iterable<String> names) {
        List<String> ours = new ArrayList<>();
        for (String name : names) {
            if (isOurs(name)) {
                ours.add(name);
            }
        }
        ours.sort(Comparator.naturalOrder());
        return ours;
    }

    private static boolean isOurs(String name) {
        return name.startsWith(BitmapName.PREFIX);
    }
}
