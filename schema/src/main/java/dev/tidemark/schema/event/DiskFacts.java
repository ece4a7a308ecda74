package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;

/**
 * A writable disk as it was seen: sizes in bytes; {@code file} is the top layer's image; {@code backingDepth} counts the layers below it;
 * {@code persistentBitmaps} tells whether its format can keep a dirty bitmap (qcow2 version 3).
 */
public record DiskFacts(
        DiskName name,
        String node,
        String format,
        long virtualSize,
        String file,
        int backingDepth,
        boolean persistentBitmaps) {}
