package dev.tidemark.gateway.model;

import java.util.Optional;

/** A qcow2 file: a size, what its clusters hold, a backing file's name, and the bitmaps that were stored in it. */
public final class Image {
    private final long cellBytes;
    final Optional<String> backingFile;
    long virtualBytes;
    boolean full;

    Image(long cellBytes, long virtualBytes, Optional<String> backingFile) {
        this.cellBytes = cellBytes;
        this.virtualBytes = virtualBytes;
        this.backingFile = backingFile;
    }

    /** The size that a reader sees. */
    public long virtualBytes() {
        return virtualBytes;
    }

    /** From now on nothing can be added to the file: bitmaps can no longer be stored. */
    public void setFull(boolean full) {
        this.full = full;
    }

    /** A copy as somebody would set it aside, best while no daemon has it open. */
    public Image copy() {
        return new Image(cellBytes, virtualBytes, backingFile);
    }
}
