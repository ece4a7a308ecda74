package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.RepositoryName;

/** Why a disk's newest backup in a repository can no longer be stood on: told when the next one has to be full. */
public record LostBase(RepositoryName repository, BackupMode mode, DiskName disk, FullCause cause, String detail) {}
