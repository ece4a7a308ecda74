package dev.tidemark.coordinator.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the log knows to lie in a repository; {@code bytes} are those of the files. */
public record RepositoryUseView(
        String name,
        long machines,
        long backups,
        long verified,
        long damaged,
        long bytes,
        @Nullable Instant newest) {}
