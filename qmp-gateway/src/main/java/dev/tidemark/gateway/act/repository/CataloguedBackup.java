package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A backup as its directory tells of it: its manifest, or why there is none that can be believed.
 *
 * @param fault what keeps the manifest from being read; empty if it was
 */
public record CataloguedBackup(BackupId id, Optional<Manifest> manifest, String fault) {
    /** The end of the time in which the backup's moment lies; empty if nobody says. */
    Optional<Instant> notAfter() {
        return manifest.flatMap(told ->
                told.storedAt().map(stored -> stored.isBefore(told.requestedAt()) ? told.requestedAt() : stored));
    }

    /** In files that can be restored from here. */
    boolean holds(Collection<DiskName> disks) {
        return manifest.map(told -> disks.stream()
                                .allMatch(disk -> told.disk(disk).isPresent())
                        && told.disks().stream().allMatch(disk -> disk.target().isEmpty()))
                .orElse(false);
    }

    List<BackupId> parents() {
        return manifest.stream()
                .flatMap(told -> told.disks().stream())
                .flatMap(disk -> disk.parent().stream())
                .distinct()
                .toList();
    }
}
