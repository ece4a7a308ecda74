package dev.tidemark.coordinator.chain.history;

import java.util.Arrays;

/** What a disk's granules hold, each write another number. */
final class Content {
    private final long[] granules;

    Content() {
        this(new long[FakeDisk.GRANULES_MAX]);
    }

    private Content(long[] granules) {
        this.granules = granules;
    }

    long at(int granule) {
        return granules[granule];
    }

    void put(int granule, long value) {
        granules[granule] = value;
    }

    Content copy() {
        return new Content(granules.clone());
    }

    boolean same(Content other) {
        return Arrays.equals(granules, other.granules);
    }
}
