package dev.tidemark.gateway.model;

import dev.tidemark.gateway.model.ModelFaults.Fault;
import dev.tidemark.gateway.qmp.TransactionAction;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapAdd;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapDisable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapEnable;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapMerge;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapRemove;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.gateway.qmp.TransactionAction.BlockdevBackup;
import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As QEMU does it: each action is prepared in turn and seen by the next; then all are committed in turn, or, if one could not be
 * prepared, those before it are undone. Removals, jobs and an overlay's read-only base wait for the commit.
 */
final class Transaction {
    private static final int NAME_BYTES_MAX = 1023;

    private final Graph graph;
    private final ModelFaults faults;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final List<Runnable> commit = new ArrayList<>();

    Transaction(Graph graph, ModelFaults faults) {
        this.graph = graph;
        this.faults = faults;
    }

    void run(List<ModelAction> actions) throws ModelRefusal {
        try {
            for (ModelAction action : actions) {
                prepare(action);
            }
        } catch (ModelRefusal refusal) {
            undo.forEach(Runnable::run);
            throw refusal;
        }
        commit.reversed().forEach(Runnable::run);
    }

    private void prepare(ModelAction action) throws ModelRefusal {
        switch (action) {
            case ModelAction.Said(TransactionAction said) -> prepare(said);
            case ModelAction.BitmapClear(String node, String name) -> {
                Bitmap bitmap = changeable(graph.node(node), name);
                keepBits(bitmap);
                bitmap.granules = 0;
            }
            case ModelAction.Snapshot(String node, String overlay) -> snapshot(node, overlay);
            case ModelAction.Abort() -> throw new ModelRefusal("Transaction aborted using Abort action");
        }
    }

    private void prepare(TransactionAction action) throws ModelRefusal {
        switch (action) {
            case BitmapAdd add -> add(add);
            case BitmapDisable(String node, String name) -> {
                Bitmap bitmap = usable(graph.node(node), name);
                if (!bitmap.disabled) {
                    undo.push(() -> bitmap.disabled = false);
                }
                bitmap.disabled = true;
            }
            case BitmapEnable(String node, String name) -> enable(node, name);
            case BitmapRemove(String node, String name) -> remove(graph.node(node), name);
            case BitmapMerge merge -> merge(merge);
            case BlockdevBackup backup -> backUp(backup);
        }
    }

    private void add(BitmapAdd add) throws ModelRefusal {
        Node node = graph.node(add.node());
        if (node.find(add.name()) != null) {
            throw new ModelRefusal("Bitmap already exists: " + add.name());
        }
        if (add.name().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
            throw new ModelRefusal("Bitmap name too long");
        }
        if (add.persistent() && !(node instanceof Node.Qcow2)) {
            throw new ModelRefusal("Can't store persistent bitmaps to " + add.node());
        }
        Bitmap bitmap = new Bitmap(
                add.name(),
                add.granularityBytes().orElse(Image.CLUSTER_BYTES),
                add.persistent(),
                node.cells(),
                graph.cellBytes());
        bitmap.disabled = add.disabled();
        node.bitmaps.addFirst(bitmap);
        if (!faults.has(Fault.AN_ABORT_KEEPS_WHAT_WAS_ADDED)) {
            undo.push(() -> node.bitmaps.remove(bitmap));
        }
    }

    /**
     * Undoing what was refused, QEMU 7.2 disables what it did not find, and dies; or disables a bitmap that somebody else uses
     * and that recorded until now.
     */
    private void enable(String node, String name) throws ModelRefusal {
        if (!isThere(node, name)) {
            throw new ModelCrash("block-dirty-bitmap-enable of a bitmap that is not there, in a transaction");
        }
        Bitmap bitmap = graph.node(node).bitmap(name);
        boolean wasEnabled = !bitmap.disabled;
        undo.push(() -> bitmap.disabled = true);
        usable(graph.node(node), name);
        if (wasEnabled) {
            undo.pop();
        }
        bitmap.disabled = false;
    }

    private boolean isThere(String node, String name) {
        Node found = graph.nodes.get(node);
        return found != null && found.find(name) != null;
    }

    private void remove(Node node, String name) throws ModelRefusal {
        Bitmap bitmap = node.bitmap(name);
        refuseBusy(bitmap);
        refuseReadOnly(bitmap);
        // The image's copy goes now, and an abort does not bring it back before the next clean close.
        BitmapStore.remove(node, name).ifPresent(stored -> {
            if (faults.has(Fault.AN_ABORTED_REMOVAL_SPARES_THE_IMAGE) && node instanceof Node.Qcow2 qcow2) {
                undo.push(() -> qcow2.image.bitmaps.add(stored));
            }
        });
        bitmap.skipStore = true;
        bitmap.busy = true;
        undo.push(() -> {
            bitmap.skipStore = false;
            bitmap.busy = false;
        });
        if (faults.has(Fault.A_REMOVED_NAME_IS_FREE_AT_ONCE)) {
            node.bitmaps.remove(bitmap);
            undo.push(() -> node.bitmaps.addFirst(bitmap));
        }
        commit.add(() -> node.bitmaps.remove(bitmap));
    }

    /** All sources are gathered first, so that a source that cannot be used leaves the target as it was. */
    private void merge(BitmapMerge merge) throws ModelRefusal {
        Node node = graph.node(merge.node());
        Bitmap target = node.bitmap(merge.target());
        long gathered = 0;
        for (BitmapSource source : merge.sources()) {
            Node from = source.node().isPresent() ? graph.node(source.node().get()) : node;
            Bitmap bitmap = usable(from, source.name());
            if (bitmap.cells != node.cells()) {
                throw new ModelRefusal("Bitmaps are of different sizes and can't be merged");
            }
            gathered |= target.granulesOf(bitmap.dirtyCells());
        }
        changeable(node, merge.target());
        keepBits(target);
        if (faults.has(Fault.MERGE_FORGETS_A_BIT)) {
            gathered &= ~Long.highestOneBit(gathered);
        }
        target.granules |= gathered;
    }

    private void backUp(BlockdevBackup backup) throws ModelRefusal {
        Node source = graph.node(backup.device());
        Node target = graph.node(backup.target());
        @Nullable Bitmap bitmap = null;
        graph.requireBackupPossible(backup.jobId(), source, target);
        if (backup.sync() instanceof Sync.Bitmap(String name)) {
            bitmap = usable(source, name);
        }
        Job job = new Job(
                backup.jobId(), source, target, backup.sync(), bitmap, graph.cellBytes(), graph.overlays(source));
        job.speed = backup.bytesPerSecond().orElse(0);
        job.prepare();
        graph.jobs.put(job.id, job);
        undo.push(() -> {
            job.release();
            graph.jobs.remove(job.id);
        });
        commit.add(job::start);
    }

    private void snapshot(String name, String overlayName) throws ModelRefusal {
        Node node = graph.node(name);
        Node.Qcow2 overlay = graph.requireSnapshotPossible(node, overlayName);
        overlay.backing = node;
        Runnable back = graph.moveUsers(node, overlay);
        undo.push(() -> {
            overlay.backing = null;
            back.run();
        });
        if (faults.has(Fault.SNAPSHOT_CARRIES_BITMAPS)) {
            overlay.bitmaps.addAll(node.bitmaps);
        }
        commit.add(() -> {
            if (node instanceof Node.Qcow2 base && !base.readOnly) {
                try {
                    BitmapStore.freeze(base);
                } catch (ModelRefusal unheard) {
                    // QEMU ignores that error as well, and the base stays writable.
                    assert !base.readOnly;
                }
            } else {
                node.readOnly = true;
            }
        });
    }

    private void keepBits(Bitmap bitmap) {
        long granules = bitmap.granules;
        undo.push(() -> bitmap.granules = granules);
    }

    /** One that may be read, enabled and disabled. */
    private static Bitmap usable(Node node, String name) throws ModelRefusal {
        Bitmap bitmap = node.bitmap(name);
        refuseBusy(bitmap);
        if (bitmap.inconsistent) {
            throw new ModelRefusal("Bitmap '" + name + "' is inconsistent and cannot be used");
        }
        return bitmap;
    }

    /** One whose bits may be changed. */
    private static Bitmap changeable(Node node, String name) throws ModelRefusal {
        Bitmap bitmap = usable(node, name);
        if (!node.faults.has(Fault.READ_ONLY_BITMAPS_CAN_BE_CHANGED)) {
            refuseReadOnly(bitmap);
        }
        return bitmap;
    }

    private static void refuseBusy(Bitmap bitmap) throws ModelRefusal {
        if (bitmap.busy) {
            throw new ModelRefusal("Bitmap '" + bitmap.name + "' is currently in use by another operation");
        }
    }

    private static void refuseReadOnly(Bitmap bitmap) throws ModelRefusal {
        if (bitmap.readOnly) {
            throw new ModelRefusal("Bitmap '" + bitmap.name + "' is readonly and cannot be modified");
        }
    }
}
