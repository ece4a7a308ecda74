package dev.tidemark.schema.event;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.TargetAddress;
import java.util.Optional;

/**
 * One finished file: {@code bytes} copied by QEMU, {@code file} relative to the repository, {@code sha256} of the file in lower-case hex. If
 * the disk went to a target, {@code file} is its address, and size and digest are those of the disk's own bytes there. {@code encryption} came
 * later, and is empty for what is not encrypted.
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
        long virtualSize,
        Optional<DiskEncryption> encryption) {
    /** One that is not encrypted. */
    public CompletedDisk(
            DiskName disk,
            BackupKind kind,
            Optional<CheckpointId> since,
            Optional<BackupId> parent,
            long bytes,
            String file,
            long fileSize,
            String sha256,
            long virtualSize) {
        this(disk, kind, since, parent, bytes, file, fileSize, sha256, virtualSize, Optional.empty());
    }

    /** Where it went, if that is no file in the repository: no such file is named like an address. */
    public Optional<TargetAddress> target() {
        return file.startsWith("/") || file.startsWith("nbd") ? Optional.of(new TargetAddress(file)) : Optional.empty();
    }
}
