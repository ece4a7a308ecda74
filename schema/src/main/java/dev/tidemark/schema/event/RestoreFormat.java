package dev.tidemark.schema.event;

/** The image format of a restored disk. */
public enum RestoreFormat {
    /** qcow2, sparse. */
    QCOW2,
    /** Raw, sparse. */
    RAW
}
