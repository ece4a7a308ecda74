package dev.tidemark.gateway.act.repository;

/** Stands in for bodies that are still being written, so that others can compile against the signatures. */
final class Unwritten {
    private Unwritten() {}

    @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
    static <T> T body() {
        throw new UnsupportedOperationException("still being written");
    }
}
