package dev.tidemark.gateway.model;

/**
 * A bitmap as it stands in an image file. {@code inUse} is written when a process opens it for writing and taken back when it
 * stores it: whoever finds it set knows that the bits are old.
 */
record StoredBitmap(String name, long granularity, boolean recording, boolean inUse, long granules) {
    StoredBitmap opened() {
        return new StoredBitmap(name, granularity, recording, true, granules);
    }
}
