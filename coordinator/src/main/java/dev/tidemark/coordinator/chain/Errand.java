package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.RepositoryOperation;

/** Something under way that needs the repository only, and so stands in nobody's way. */
public record Errand(RepositoryOperation operation) {}
