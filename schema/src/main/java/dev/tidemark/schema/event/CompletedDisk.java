package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/**
 * One finished file: {@code bytes} copied by QEMU, {@code file} relative to the repository, {@code sha256} of the file in lower-case hex.
 */
public record CompletedDisk(
        DiskName disk,
        BackupKind kind,
        Optional<CheckpointId> since,
        Optional<BackupId> parent,
        long bytes,
        String file,
        long fileSize,
        String sha256,
        long virtualSize) {}
