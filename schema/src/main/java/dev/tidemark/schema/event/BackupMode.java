package dev.tidemark.schema.event;

/** Who moves the data. */
public enum BackupMode {
    /** QEMU writes the target. */
    PUSH,
    /** A client reads an NBD export. */
    PULL
}
