package dev.tidemark.schema.event;

import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/**
 * Where a client reads one disk of a pull backup, or of a restore point that is exported.
 *
 * @param uri of the NBD export
 * @param dirtyContext of a pull backup: the metadata context that tells what changed since the checkpoint that the disk is incremental to
 */
public record ReadyDisk(DiskName disk, String uri, Optional<String> dirtyContext, long virtualSize) {}
