package dev.tidemark.schema.event;

/** Why a chain can no longer be trusted ({@code hazards.md} §1 and §3, {@code qemu-facts.md} §11). */
public enum BreakCause {
    /** Not there: QEMU was killed before its first clean close, or the image was full at the close, or was exchanged. */
    BITMAP_MISSING,
    /** QEMU was killed after an earlier clean close; it no longer trusts the bitmap. */
    BITMAP_INCONSISTENT,
    /** Re-made by somebody else under our name. */
    BITMAP_NOT_PERSISTENT,
    /** The newest bitmap was switched off: writes went unrecorded. */
    BITMAP_NOT_RECORDING,
    /** Re-made by somebody else under our name. */
    GRANULARITY_CHANGED,
    /** Marks less than it did, or lacks what it was born with: cut by a shrink, cleared, or re-made (S1, S2, S7). */
    BITMAP_LOST_BITS,
    /** A bitmap that was deleted is back: the image was rolled back to an older copy. */
    DELETED_BITMAP_REAPPEARED,
    /** A shrink and a grow zero data without marking it (S1). */
    VIRTUAL_SIZE_CHANGED,
    /** The top layer is another file: snapshot, pivot or exchange (S5). */
    DISK_FILE_CHANGED,
    /** The number of layers below the top changed (S5). */
    LAYER_CHANGED,
    /** The disk was unplugged; what happens to it elsewhere is unknown. */
    DISK_GONE,
    /** The checkpoint's transaction left its bitmap on some disks only. */
    CHECKPOINT_PARTIAL,
    /** Somebody other than QEMU wrote to the image, or put another in its place: no bitmap tells (S8). */
    IMAGE_WRITTEN,
    /** QEMU was restarted, and no gateway watched what happened to the image in between (S8). */
    IMAGE_UNWATCHED
}
