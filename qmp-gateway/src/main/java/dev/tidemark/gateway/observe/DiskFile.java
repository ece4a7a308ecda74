package dev.tidemark.gateway.observe;

/**
 * A file or whatever else the bytes of a disk come from, as QEMU names it, with the driver that reads it; {@code backing} if it
 * belongs to a layer below the top one, which QEMU only reads.
 */
public record DiskFile(String file, String driver, boolean backing) {}
