package dev.tidemark.gateway.model;

/** A dirty bitmap in a process's memory; the flags are QEMU's own (block/dirty-bitmap.c). */
final class Bitmap {
    final String name;
    final long granularity;
    final boolean persistent;
    private final int granuleCells;
    private final int cellGranules;

    /** A bit per granule; per cell if granules are smaller than cells, which are never split. */
    long granules;

    int cells;
    boolean disabled;
    boolean inconsistent;
    /** Belongs to an image that is open read-only: the stored bits must stay the true ones. */
    boolean readOnly;
    /** Used by a job, an export or a transaction's removal. */
    boolean busy;
    /** Being removed: already gone from the image, not yet from memory. */
    boolean skipStore;
    /** What it was before a job took it over, and will be again. */
    boolean recordsThroughSuccessor;
    /** What was recorded meanwhile. */
    long successor;

    Bitmap(String name, long granularity, boolean persistent, int cells, long cellBytes) {
        this.name = name;
        this.granularity = granularity;
        this.persistent = persistent;
        this.cells = cells;
        this.granuleCells = (int) Math.max(1, Math.min(Cells.MAX, granularity / cellBytes));
        this.cellGranules = (int) Math.max(1, cellBytes / granularity);
    }

    boolean recording() {
        return !disabled || recordsThroughSuccessor;
    }

    /** Bytes, as QEMU counts them: whole granules, even where the disk ends within one. */
    long dirtyBytes() {
        return Long.bitCount(granules) * granularity * cellGranules;
    }

    /** A write from above. */
    void record(long cellMask) {
        if (!disabled) {
            granules |= granulesOf(cellMask);
        } else if (recordsThroughSuccessor) {
            successor |= granulesOf(cellMask);
        }
    }

    void mark(long cellMask) {
        granules |= granulesOf(cellMask);
    }

    /** Cells covered by the marked granules. */
    long dirtyCells() {
        if (granuleCells == 1) {
            return granules & Cells.below(cells);
        }
        long mask = 0;
        for (int granule = 0; granule * granuleCells < cells; granule++) {
            if (Cells.has(granules, granule)) {
                mask |= Cells.range(granule * granuleCells, Math.min(cells, (granule + 1) * granuleCells));
            }
        }
        return mask;
    }

    long granulesOf(long cellMask) {
        if (granuleCells == 1) {
            return cellMask;
        }
        long mask = 0;
        for (int cell = 0; cell < cells; cell++) {
            if (Cells.has(cellMask, cell)) {
                mask |= 1L << (cell / granuleCells);
            }
        }
        return mask;
    }

    /** A granule that is cut in two keeps its bit. */
    void truncate(int newCells) {
        cells = newCells;
        granules &= Cells.below((newCells + granuleCells - 1) / granuleCells);
    }

    /** The bits as QEMU keeps them, granule by granule, for its checksum. */
    boolean[] bits() {
        int units = (cells + granuleCells - 1) / granuleCells;
        boolean[] bits = new boolean[units * cellGranules];
        for (int bit = 0; bit < bits.length; bit++) {
            bits[bit] = Cells.has(granules, bit / cellGranules);
        }
        return bits;
    }
}
