package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BitmapName;

/** One bitmap of a chain; granularity in bytes. */
public record DesiredBitmap(BitmapName name, boolean recording, long granularity) {}
