package dev.tidemark.coordinator.api;

import dev.tidemark.schema.id.HostName;
import java.time.Instant;

/** What this coordinator can tell of itself. Machines are registered on {@code host} if nobody says otherwise. */
public record ServerFacts(String version, HostName host, DatabaseKind databaseKind, Instant startedAt) {
    /** Who runs the database server. */
    public enum DatabaseKind {
        /** We do. */
        EMBEDDED,
        /** Somebody else does. */
        SERVER
    }
}
