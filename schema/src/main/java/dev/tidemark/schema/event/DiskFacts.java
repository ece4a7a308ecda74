package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/**
 * A writable disk as it was seen: sizes in bytes; {@code file} is the top layer's image; {@code backingDepth} counts the layers below it;
 * {@code persistentBitmaps} tells whether its format can keep a dirty bitmap (qcow2 version 3).
 *
 * @param device came later: the path of the device that stands on it, as QEMU shows it; empty in older logs, and of a storage daemon
 */
public record DiskFacts(
        DiskName name,
        String node,
        String format,
        long virtualSize,
        String file,
        int backingDepth,
        boolean persistentBitmaps,
        Optional<String> device) {
    /** Of no known device. */
    public DiskFacts(
            DiskName name,
            String node,
            String format,
            long virtualSize,
            String file,
            int backingDepth,
            boolean persistentBitmaps) {
        this(name, node, format, virtualSize, file, backingDepth, persistentBitmaps, Optional.empty());
    }
}
