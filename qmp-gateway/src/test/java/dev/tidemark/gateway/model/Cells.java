package dev.tidemark.gateway.model;

import java.util.Arrays;

/** What a disk holds, cell by cell; a cell is the smallest piece that the model tells apart. Zero is what QEMU reads as zeros. */
public final class Cells {
    /** Cells of a disk: as many as a long has bits. */
    public static final int MAX = 64;

    private final long[] values;

    Cells() {
        this(new long[MAX]);
    }

    private Cells(long[] values) {
        this.values = values;
    }

    /** What the cell reads as. */
    public long at(int cell) {
        return values[cell];
    }

    void put(int cell, long value) {
        values[cell] = value;
    }

    Cells copy() {
        return new Cells(values.clone());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cells cells && Arrays.equals(values, cells.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }

    /** A mask of the cells from the first up to the end, which is not among them. */
    static long range(int first, int end) {
        return below(end) & ~below(first);
    }

    /** A mask of the cells before the end. */
    static long below(int end) {
        return end >= MAX ? -1L : end <= 0 ? 0L : (1L << end) - 1;
    }

    static boolean has(long mask, int cell) {
        return (mask & (1L << cell)) != 0;
    }
}
