package dev.tidemark.gateway.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A block node: bitmaps of its own, and something that holds or passes on what is written. */
abstract sealed class Node implements Layer {
    enum Change {
        WRITE,
        ZERO,
        DISCARD
    }

    final String name;
    final ModelFaults faults;
    /** Newest first, as QEMU lists them. */
    final List<Bitmap> bitmaps = new ArrayList<>();

    boolean readOnly;
    /** The jobs that copy from it, and see each write before it happens. */
    final List<Job> jobs = new ArrayList<>();

    private Node(String name, ModelFaults faults) {
        this.name = name;
        this.faults = faults;
    }

    /** QEMU's name of the driver. */
    abstract String driver();

    /** The nodes on which it stands. */
    abstract List<Node> children();

    abstract void pass(Change change, long mask, long value) throws ModelRefusal;

    final boolean readOnly() {
        return readOnly;
    }

    /** A node that was opened without {@code discard=unmap} drops a discard without a trace. */
    boolean passesDiscards() {
        return false;
    }

    /** A write from above: first the job's copy, then the data, then the marks. */
    final void change(Change change, long mask, long value) throws ModelRefusal {
        if (change == Change.DISCARD && (!passesDiscards() || !jobs.isEmpty())) {
            return;
        }
        for (Job job : jobs) {
            job.copyBefore(mask);
        }
        for (Bitmap bitmap : bitmaps) {
            if (bitmap.readOnly) {
                // Whatever the node is: QEMU lets nothing pass that a bitmap could not record.
                throw new ModelRefusal("Operation not permitted");
            }
        }
        pass(change, mask, value);
        if (change != Change.DISCARD || !faults.has(ModelFaults.Fault.DISCARDS_DO_NOT_MARK)) {
            mark(mask);
        }
    }

    final Bitmap bitmap(String wanted) throws ModelRefusal {
        Bitmap found = find(wanted);
        if (found == null) {
            throw new ModelRefusal("Dirty bitmap '" + wanted + "' not found");
        }
        return found;
    }

    final @Nullable Bitmap find(String wanted) {
        for (Bitmap bitmap : bitmaps) {
            if (bitmap.name.equals(wanted)) {
                return bitmap;
            }
        }
        return null;
    }

    final Cells content() {
        Cells cells = new Cells();
        for (int cell = 0; cell < cells(); cell++) {
            cells.put(cell, at(cell));
        }
        return cells;
    }

    private void mark(long mask) {
        for (Bitmap bitmap : bitmaps) {
            if (faults.has(ModelFaults.Fault.DISABLED_STILL_RECORDS) && !bitmap.inconsistent) {
                bitmap.mark(mask);
            } else {
                bitmap.record(mask);
            }
        }
    }

    /** An image of qcow2, opened with {@code discard=unmap}. */
    static final class Qcow2 extends Node {
        final Image image;
        final String file;
        final String fileNode;
        /** Opened by QEMU itself, as the backing file of another: it goes when that goes. */
        final boolean implicit;

        @Nullable
        Node backing;

        Qcow2(
                String name,
                ModelFaults faults,
                Image image,
                String file,
                String fileNode,
                boolean implicit,
                boolean readOnly) {
            super(name, faults);
            this.image = image;
            this.file = file;
            this.fileNode = fileNode;
            this.implicit = implicit;
            this.readOnly = readOnly;
        }

        @Override
        String driver() {
            return "qcow2";
        }

        @Override
        List<Node> children() {
            return backing == null ? List.of() : List.of(backing);
        }

        Layer below() {
            return backing == null ? Layer.NOTHING : backing;
        }

        @Override
        boolean passesDiscards() {
            return true;
        }

        @Override
        void pass(Change change, long mask, long value) {
            switch (change) {
                case WRITE -> image.write(mask, value, below());
                case ZERO -> image.zero(mask, below());
                case DISCARD -> image.discard(mask, backing != null);
            }
        }

        @Override
        public int cells() {
            return image.cells;
        }

        @Override
        public long at(int cell) {
            return cell >= image.cells ? 0 : image.holds(cell) ? image.at(cell) : below().at(cell);
        }
    }

    /** Reads zeros, forgets writes; or fails them all. */
    static final class Null extends Node {
        private final int cells;
        private final boolean broken;

        Null(String name, ModelFaults faults, int cells, boolean broken) {
            super(name, faults);
            this.cells = cells;
            this.broken = broken;
        }

        @Override
        String driver() {
            return broken ? "blkdebug" : "null-co";
        }

        @Override
        List<Node> children() {
            return List.of();
        }

        @Override
        void pass(Change change, long mask, long value) throws ModelRefusal {
            if (broken) {
                throw new ModelRefusal("Input/output error");
            }
        }

        @Override
        public int cells() {
            return cells;
        }

        @Override
        public long at(int cell) {
            return 0;
        }
    }

    /** A part of another node, or all of it behind a filter. */
    static final class Window extends Node {
        private final String driver;
        private final Node below;
        private final int offset;
        private final int cells;

        Window(String name, ModelFaults faults, String driver, Node below, int offset, int cells) {
            super(name, faults);
            this.driver = driver;
            this.below = below;
            this.offset = offset;
            this.cells = cells;
        }

        boolean isFilter() {
            return driver.equals("throttle");
        }

        @Override
        String driver() {
            return driver;
        }

        @Override
        List<Node> children() {
            return List.of(below);
        }

        @Override
        void pass(Change change, long mask, long value) throws ModelRefusal {
            below.change(change, mask << offset, value);
        }

        @Override
        public int cells() {
            return isFilter() ? below.cells() : cells;
        }

        @Override
        public long at(int cell) {
            return cell >= cells() ? 0 : below.at(cell + offset);
        }
    }
}
