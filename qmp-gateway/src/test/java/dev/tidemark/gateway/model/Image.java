package dev.tidemark.gateway.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A qcow2 file of version 3 with clusters of 64 KiB: a size, what its clusters hold, a backing file's name, and the bitmaps that
 * were stored in it.
 */
public final class Image {
    /** QEMU's default; also what a new bitmap's granule is, and the least that a backup job copies. */
    static final int CLUSTER_BYTES = 65_536;

    final int clusterCells;
    final Optional<String> backingFile;
    final List<StoredBitmap> bitmaps = new ArrayList<>();
    int cells;
    boolean full;

    private final long cellBytes;
    private final Cells values;
    /** Cells whose clusters hold data, or are marked to read as zeros. What is in neither is looked up in the layer below. */
    private long data;

    private long zeros;

    Image(long cellBytes, long virtualBytes, Optional<String> backingFile) {
        this(cellBytes, Math.toIntExact(virtualBytes / cellBytes), backingFile, new Cells());
    }

    private Image(long cellBytes, int cells, Optional<String> backingFile, Cells values) {
        this.cellBytes = cellBytes;
        this.clusterCells = (int) Math.max(1, CLUSTER_BYTES / cellBytes);
        this.cells = cells;
        this.backingFile = backingFile;
        this.values = values;
    }

    /** The size that a reader sees. */
    public long virtualBytes() {
        return cells * cellBytes;
    }

    /** From now on nothing can be added to the file: bitmaps can no longer be stored. */
    public void setFull(boolean full) {
        this.full = full;
    }

    /** A copy as somebody would set it aside, best while no daemon has it open. */
    public Image copy() {
        Image copy = new Image(cellBytes, cells, backingFile, values.copy());
        copy.data = data;
        copy.zeros = zeros;
        copy.full = full;
        copy.bitmaps.addAll(bitmaps);
        return copy;
    }

    /** What layers hold together, the uppermost first; what none of them holds is looked up below. */
    static Image merged(List<Image> layers, Optional<String> backingFile) {
        Image top = layers.getFirst();
        Image merged = new Image(top.cellBytes, top.cells, backingFile, new Cells());
        for (int cell = 0; cell < top.cells; cell++) {
            for (Image layer : layers) {
                boolean isPastItsEnd = cell >= layer.cells;
                if (isPastItsEnd || layer.holds(cell)) {
                    merged.values.put(cell, isPastItsEnd ? 0 : layer.at(cell));
                    merged.data |= Cells.range(cell, cell + 1);
                    break;
                }
            }
        }
        return merged;
    }

    /** Whether the file holds the cell itself. */
    boolean holds(int cell) {
        return Cells.has(data | zeros, cell);
    }

    long at(int cell) {
        return values.at(cell);
    }

    /** Writes whole clusters: what of them was not asked for comes from below, even past the end of the disk. */
    void write(long mask, long value, Layer below) {
        for (int first = 0; first < Cells.MAX; first += clusterCells) {
            long cluster = Cells.range(first, first + clusterCells);
            if ((mask & cluster) == 0) {
                continue;
            }
            for (int cell = first; cell < first + clusterCells && cell < Cells.MAX; cell++) {
                if (Cells.has(mask, cell)) {
                    values.put(cell, value);
                } else if (!holds(cell)) {
                    values.put(cell, below.at(cell));
                }
            }
            data |= cluster;
            zeros &= ~cluster;
        }
    }

    /**
     * Makes the cells read as zeros. Where the rest of a cluster reads as zeros already and it holds no data, or where all of it
     * up to the disk's end is asked for, the cluster is only marked, and what lay past the end is gone as well.
     */
    void zero(long mask, Layer below) {
        for (int first = 0; first < cells; first += clusterCells) {
            long cluster = Cells.range(first, first + clusterCells);
            long visible = cluster & Cells.below(cells);
            long asked = mask & cluster;
            if (asked == 0) {
                continue;
            }
            if (asked == visible || ((data & cluster) == 0 && readsZero(visible & ~asked, below))) {
                markZero(cluster);
            } else {
                write(asked, 0, below);
            }
        }
    }

    /** Lets go of clusters; parts of a cluster are left as they are, but for the last one up to the disk's end. */
    void discard(long mask, boolean backed) {
        for (int first = 0; first < cells; first += clusterCells) {
            long cluster = Cells.range(first, first + clusterCells);
            long visible = cluster & Cells.below(cells);
            if ((mask & visible) == visible && (backed || (data & cluster) != 0)) {
                markZero(cluster);
            }
        }
    }

    /** Drops what is past the new end, whole clusters of it: the bytes in the rest of the last one stay (hazards §1). */
    void shrink(int newCells) {
        cells = newCells;
        long kept = Cells.below((newCells + clusterCells - 1) / clusterCells * clusterCells);
        data &= kept;
        zeros &= kept;
    }

    /** What is new reads as zeros, but for bytes left in the last cluster by a shrink; a longer layer below is kept hidden. */
    void grow(int newCells, Layer below) {
        int old = cells;
        cells = newCells;
        if (below.cells() > old) {
            int aligned = (old + clusterCells - 1) / clusterCells * clusterCells;
            for (int first = aligned; first < newCells; first += clusterCells) {
                markZero(Cells.range(first, first + clusterCells));
            }
            if (aligned > old) {
                write(Cells.range(old, Math.min(aligned, newCells)), 0, below);
            }
        }
    }

    private void markZero(long cluster) {
        data &= ~cluster;
        zeros |= cluster;
        for (int cell = 0; cell < Cells.MAX; cell++) {
            if (Cells.has(cluster, cell)) {
                values.put(cell, 0);
            }
        }
    }

    private boolean readsZero(long mask, Layer below) {
        for (int cell = 0; cell < cells; cell++) {
            if (Cells.has(mask, cell) && (holds(cell) ? at(cell) : below.at(cell)) != 0) {
                return false;
            }
        }
        return true;
    }
}
