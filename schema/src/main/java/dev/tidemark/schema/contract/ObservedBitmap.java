package dev.tidemark.schema.contract;

import java.util.Optional;

/**
 * A bitmap as QEMU shows it, granularity and dirty count in bytes. QEMU lists nameless ones while a backup runs.
 *
 * @param lostBits the gateway saw it mark more before, or without the granule that it was born with: QEMU shows nothing of that
 */
public record ObservedBitmap(
        Optional<String> name,
        boolean recording,
        boolean persistent,
        boolean busy,
        boolean inconsistent,
        long granularity,
        long dirtyBytes,
        boolean lostBits) {
    /** As QEMU shows it. */
    public ObservedBitmap(
            Optional<String> name,
            boolean recording,
            boolean persistent,
            boolean busy,
            boolean inconsistent,
            long granularity,
            long dirtyBytes) {
        this(name, recording, persistent, busy, inconsistent, granularity, dirtyBytes, false);
    }
}
