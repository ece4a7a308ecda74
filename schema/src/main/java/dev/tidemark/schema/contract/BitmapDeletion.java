package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/**
 * How a bitmap goes: {@code previous} takes its bits, and becomes the recording one if {@code newest}. Without a previous one it
 * is only removed.
 */
public record BitmapDeletion(DiskName disk, Optional<BitmapName> previous, boolean newest) {}
