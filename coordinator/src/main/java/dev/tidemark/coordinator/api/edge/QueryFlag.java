package dev.tidemark.coordinator.api.edge;

/**
 * A query parameter that is {@code true} or {@code false}, as JSON would have it; not {@code yes}, {@code on} or {@code 1},
 * which Spring would take for a Boolean.
 */
public record QueryFlag(String text) {
    public QueryFlag {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("neither true nor false");
        }
    }

    public boolean isSet() {
        return text.equals("true");
    }
}
