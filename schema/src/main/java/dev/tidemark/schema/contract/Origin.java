package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.OperationId;
import java.util.Optional;

/**
 * By which request an operation came to be, for the logs and traces of whoever carries it out. Nothing that is done depends on it.
 *
 * @param request the id of the request, as its answer told it; empty for what nobody asked for by HTTP
 * @param traceparent of the span in which it was appended, as W3C Trace Context writes it; empty if it is not traced
 */
public record Origin(OperationId operation, Optional<String> request, Optional<String> traceparent) {}
