package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;

/** One restored file, its absolute path, its format and its virtual size in bytes; or in place of the file the address of a target. */
public record RestoredDisk(DiskName disk, String file, RestoreFormat format, long virtualSize) {}
