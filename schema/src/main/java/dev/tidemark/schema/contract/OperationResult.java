package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.OperationId;

/** What became of one operation. */
public record OperationResult(OperationId operation, Outcome outcome) {}
