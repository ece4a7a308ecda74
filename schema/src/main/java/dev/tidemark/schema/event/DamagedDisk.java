package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;

/** What is wrong with one disk's file. */
public record DamagedDisk(DiskName disk, String file, String detail) {
    public DamagedDisk {
        detail = Prose.of(detail);
    }
}
