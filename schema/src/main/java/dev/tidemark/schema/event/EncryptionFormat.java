package dev.tidemark.schema.event;

/** How a backup's files are encrypted, in the words of qcow2. */
public enum EncryptionFormat {
    /** From QEMU 2.10 on. */
    LUKS
}
