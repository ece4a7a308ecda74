package dev.tidemark.gateway.differential;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/** What is compared after each step: all that a query tells of bitmaps, jobs and exports. */
record State(SortedMap<String, NodeState> nodes, SortedMap<String, String> jobs, SortedSet<String> exports) {
    static final String RUNNING = "running";
    static final String DONE = "concluded";
    static final String FAILED = "concluded with an error";

    /** Bitmaps in QEMU's order. */
    record NodeState(boolean readOnly, long bytes, List<BitmapState> bitmaps) {}

    /** @param digest of the bits; empty where nobody asked, since to ask costs time */
    record BitmapState(
            String name,
            boolean recording,
            boolean persistent,
            boolean inconsistent,
            boolean busy,
            long granularity,
            long dirtyBytes,
            String digest) {}
}
