package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.id.RepositoryName;

/** What is to stay of a machine's backups in one repository. */
public record Retention(RepositoryName repository, RetentionPolicy policy) {}
