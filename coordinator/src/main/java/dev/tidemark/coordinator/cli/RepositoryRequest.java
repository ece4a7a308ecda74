package dev.tidemark.coordinator.cli;

import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.DiskName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted of a repository's directory.
 *
 * @param machine its name or id; may be left out where a backup is named
 * @param to where to write; empty if backups are only to be listed
 * @param disks none means all
 */
record RepositoryRequest(
        Path directory,
        Optional<String> machine,
        Optional<Path> to,
        Optional<BackupReference> backup,
        Optional<Instant> at,
        List<DiskName> disks,
        RestoreFormat format) {
    RepositoryRequest {
        disks = List.copyOf(disks);
    }
}
