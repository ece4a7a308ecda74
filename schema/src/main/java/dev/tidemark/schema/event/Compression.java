package dev.tidemark.schema.event;

/** How the clusters of a backup's files are compressed, in the words of qcow2. Read back by every QEMU that knows the kind. */
public enum Compression {
    /** From QEMU 5.1 on, if it was built with it. */
    ZSTD
}
