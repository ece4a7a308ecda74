package dev.tidemark.schema.contract;

import java.util.Optional;

/**
 * A bitmap as QEMU shows it, granularity and dirty count in bytes. QEMU lists nameless ones while a backup runs.
 */
public record ObservedBitmap(
        Optional<String> name,
        boolean recording,
        boolean persistent,
        boolean busy,
        boolean inconsistent,
        long granularity,
        long dirtyBytes) {}
