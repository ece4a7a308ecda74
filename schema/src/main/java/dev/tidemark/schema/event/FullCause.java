package dev.tidemark.schema.event;

/** Why a disk gets a full backup instead of an incremental one. */
public enum FullCause {
    /** A full backup was asked for. */
    REQUESTED,
    /** Nothing to stand on: the repository holds no completed backup of this disk with a living checkpoint. */
    NO_BACKUP_IN_REPOSITORY,
    /** The disk joined the machine after the newest backup in the repository. */
    DISK_ADDED,
    /** The disk's format cannot keep a persistent bitmap. */
    NO_BITMAP_SUPPORT,
    /** The checkpoint of the newest backup in the repository was deleted. */
    BASE_CHECKPOINT_DELETED,
    /** The backup to stand on is no longer in the repository. */
    BASE_BACKUP_MISSING,
    /** The backup to stand on failed a verification. */
    BASE_BACKUP_DAMAGED,
    /** The backup to stand on was deleted. */
    BASE_BACKUP_DELETED,
    /** As the chain's break. */
    BITMAP_MISSING,
    /** As the chain's break. */
    BITMAP_INCONSISTENT,
    /** As the chain's break. */
    BITMAP_NOT_PERSISTENT,
    /** As the chain's break. */
    BITMAP_NOT_RECORDING,
    /** As the chain's break. */
    GRANULARITY_CHANGED,
    /** As the chain's break. */
    BITMAP_LOST_BITS,
    /** As the chain's break. */
    DELETED_BITMAP_REAPPEARED,
    /** As the chain's break. */
    VIRTUAL_SIZE_CHANGED,
    /** As the chain's break. */
    DISK_FILE_CHANGED,
    /** As the chain's break. */
    LAYER_CHANGED,
    /** As the chain's break. */
    DISK_GONE,
    /** As the chain's break. */
    CHECKPOINT_PARTIAL,
    /** As the chain's break. */
    IMAGE_WRITTEN,
    /** As the chain's break. */
    IMAGE_UNWATCHED
}
