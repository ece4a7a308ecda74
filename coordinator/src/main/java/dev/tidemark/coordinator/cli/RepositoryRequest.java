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
 * @param to where to write; empty if nothing is to be written to files
 * @param isStream whether one disk goes to standard output
 * @param export where to serve from; empty if nothing is to be served
 * @param isWritable whether what is served takes writes
 * @param disks none means all
 * @param keys files that hold the keys of what is encrypted
 */
record RepositoryRequest(
        Path directory,
        Optional<String> machine,
        Optional<Path> to,
        boolean isStream,
        Optional<Path> export,
        boolean isWritable,
        Optional<BackupReference> backup,
        Optional<Instant> at,
        List<DiskName> disks,
        RestoreFormat format,
        List<Path> keys) {
    RepositoryRequest {
        disks = List.copyOf(disks);
        keys = List.copyOf(keys);
    }
}
