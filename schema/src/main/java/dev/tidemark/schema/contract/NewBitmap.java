package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/** Where a new bitmap goes; {@code previous} is the recording one that it takes over from. */
public record NewBitmap(DiskName disk, Optional<BitmapName> previous) {}
