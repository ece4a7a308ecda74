package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.util.Optional;

/** One disk's file of a backup as the log has it: whoever rewrites the file and its manifest together does not rewrite this. */
public record RecordedFile(BackupId backup, DiskName disk, Optional<BackupId> parent, long fileSize, String sha256) {}
