package dev.tidemark.gateway.model;

import dev.tidemark.gateway.qmp.TransactionAction.Sync;
import dev.tidemark.schema.contract.ObservedJob;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A backup job: it copies what the disk held at the moment of its transaction, in clusters of 64 KiB. */
final class Job {
    static final String RUNNING = "running";
    static final String CONCLUDED = "concluded";

    final String id;
    /** An overlay, once one was put on it. */
    Node source;

    Node target;
    /** What stood on the source when the job's filter came between. */
    final List<Node.Qcow2> overlaysAbove;

    private final Sync sync;
    private final @Nullable Bitmap bitmap;
    private final int clusterCells;
    private final long cellBytes;

    String status = "created";
    /** Bytes in a second at most, 0 for no limit; how fast the model copies is up to whoever plays it. */
    long speed;

    Optional<String> error = Optional.empty();
    /** Cells still to copy. */
    private long left;

    private long total;

    Job(
            String id,
            Node source,
            Node target,
            Sync sync,
            @Nullable Bitmap bitmap,
            long cellBytes,
            List<Node.Qcow2> overlaysAbove) {
        this.id = id;
        this.source = source;
        this.target = target;
        this.sync = sync;
        this.bitmap = bitmap;
        this.cellBytes = cellBytes;
        this.overlaysAbove = List.copyOf(overlaysAbove);
        this.clusterCells = (int) Math.max(1, Image.CLUSTER_BYTES / cellBytes);
    }

    /** Takes the bitmap: nobody else may use it, and what it recorded goes into a successor until it is given back. */
    void prepare() {
        source.jobs.add(this);
        if (bitmap != null) {
            bitmap.busy = true;
            bitmap.recordsThroughSuccessor = !bitmap.disabled;
            bitmap.disabled = true;
        }
    }

    void start() {
        long all = Cells.below(source.cells());
        left = bitmap == null ? all : clusters(bitmap.dirtyCells()) & all;
        if (source.faults.has(ModelFaults.Fault.A_JOB_FORGETS_A_CLUSTER)) {
            left &= ~clusters(Long.lowestOneBit(left));
        }
        total = Long.bitCount(left) * cellBytes;
        status = RUNNING;
    }

    boolean isConcluded() {
        return status.equals(CONCLUDED);
    }

    /** Copies the next cells, whole clusters of them, and concludes when none is left. */
    void proceed(int cells) {
        int copied = 0;
        while (!isConcluded() && !(sync instanceof Sync.None) && left != 0 && copied < cells) {
            copied += clusterCells;
            try {
                copy(clusters(Long.lowestOneBit(left)));
            } catch (ModelRefusal failure) {
                conclude(Optional.of(failure.description()));
            }
        }
        if (!isConcluded() && !(sync instanceof Sync.None) && left == 0) {
            conclude(Optional.empty());
        }
    }

    /** The guest is about to change these cells. If they cannot be copied, the guest's write fails (qemu-facts §0.5). */
    void copyBefore(long mask) throws ModelRefusal {
        long touched = source.faults.has(ModelFaults.Fault.WRITES_OVERTAKE_A_JOB) ? 0 : clusters(mask) & left;
        while (touched != 0) {
            long cluster = clusters(Long.lowestOneBit(touched));
            copy(cluster);
            touched &= ~cluster;
        }
    }

    void conclude(Optional<String> failure) {
        status = CONCLUDED;
        error = failure;
        release();
    }

    /** Gives back what it holds. */
    void release() {
        source.jobs.remove(this);
        if (bitmap != null) {
            bitmap.busy = source.faults.has(ModelFaults.Fault.A_JOB_LEAVES_ITS_BITMAP_BUSY);
            bitmap.disabled = !bitmap.recordsThroughSuccessor;
            bitmap.recordsThroughSuccessor = false;
            bitmap.granules |= bitmap.successor;
            bitmap.successor = 0;
        }
    }

    ObservedJob observed() {
        return new ObservedJob(id, status, error, total - Long.bitCount(left) * cellBytes, total);
    }

    private void copy(long cluster) throws ModelRefusal {
        long inside = cluster & Cells.below(source.cells());
        boolean zero = true;
        for (int cell = 0; cell < source.cells(); cell++) {
            zero &= !Cells.has(inside, cell) || source.at(cell) == 0;
        }
        if (zero) {
            target.change(Node.Change.ZERO, inside, 0);
        } else {
            for (int cell = 0; cell < source.cells(); cell++) {
                if (Cells.has(inside, cell)) {
                    target.change(Node.Change.WRITE, 1L << cell, source.at(cell));
                }
            }
        }
        left &= ~cluster;
    }

    private long clusters(long mask) {
        long clusters = 0;
        for (int first = 0; first < Cells.MAX; first += clusterCells) {
            long cluster = Cells.range(first, first + clusterCells);
            if ((mask & cluster) != 0) {
                clusters |= cluster;
            }
        }
        return clusters;
    }
}
