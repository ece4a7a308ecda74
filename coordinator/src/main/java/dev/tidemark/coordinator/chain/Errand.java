package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.RepositoryOperation;

/** Something under way that needs the repository only, and so stands in nobody's way; {@code abort}: it is to end. */
public record Errand(RepositoryOperation operation, boolean abort) {
    Errand(RepositoryOperation operation) {
        this(operation, false);
    }

    Errand aborting() {
        return new Errand(operation, true);
    }
}
