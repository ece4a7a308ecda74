package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;

/**
 * The name of a checkpoint's bitmap in QEMU: {@code tm-<ULID of the checkpoint>}. Unique for ever, never renamed, never
 * reused (hazards S4 and S7).
 */
public record BitmapName(@JsonValue String value) {
    /** What every QEMU object of ours begins with: bitmaps, nodes, jobs, exports. */
    public static final String PREFIX = "tm-";

    /** What the transient bitmap of a backup begins with. */
    public static final String TEMPORARY_PREFIX = "tm-tmp-";

    @JsonCreator
    public BitmapName {
        if (!value.startsWith(PREFIX)) {
            throw new InvalidIdentity("bitmap name", value, "a checkpoint's bitmap is named tm-<ULID>");
        }
        Rule.ulid("bitmap name", value, PREFIX.length());
    }

    /** The bitmap that stands for a checkpoint. */
    public static BitmapName of(CheckpointId checkpoint) {
        return new BitmapName(PREFIX + checkpoint.value());
    }

    /** The name of the transient bitmap into which an operation merges what changed. */
    public static String temporary(OperationId operation) {
        return TEMPORARY_PREFIX + operation.value();
    }

    /** Whether QEMU's text is a checkpoint bitmap's name, so that it can be read with the constructor. */
    public static boolean isCheckpointBitmap(String name) {
        return name.startsWith(PREFIX) && Ulid.isWellFormed(name, PREFIX.length());
    }

    /** The checkpoint for which the bitmap of this name stands; empty if QEMU's text is no checkpoint bitmap's name. */
    public static Optional<CheckpointId> checkpointOf(String name) {
        return isCheckpointBitmap(name) ? Optional.of(new BitmapName(name).checkpoint()) : Optional.empty();
    }

    /** The checkpoint for which the bitmap stands. */
    public CheckpointId checkpoint() {
        return new CheckpointId(value.substring(PREFIX.length()));
    }

    @Override
    public String toString() {
        return value;
    }
}
