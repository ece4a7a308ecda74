package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import java.util.Optional;

/**
 * What is known of a backup beside what QEMU shows: the manifest in the repository, and a verdict that fell while its jobs were
 * still running.
 */
record BackupFindings(Optional<Evidence.Stored> completed, Optional<Outcome.Refused> verdict) {
    static final BackupFindings NONE = new BackupFindings(Optional.empty(), Optional.empty());
}
