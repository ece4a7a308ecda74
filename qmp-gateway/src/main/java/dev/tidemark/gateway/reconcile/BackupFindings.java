package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.event.ReadyDisk;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a backup beside what QEMU shows: the manifest in the repository, where its clients read, and a verdict that fell while its jobs were
 * still running.
 */
record BackupFindings(
        Optional<Evidence.Stored> completed, List<ReadyDisk> readable, Optional<Outcome.Refused> verdict) {
    static final BackupFindings NONE = new BackupFindings(Optional.empty(), List.of(), Optional.empty());

    BackupFindings {
        readable = List.copyOf(readable);
    }
}
