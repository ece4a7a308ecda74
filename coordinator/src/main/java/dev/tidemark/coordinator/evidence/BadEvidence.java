package dev.tidemark.coordinator.evidence;

import org.jspecify.annotations.Nullable;

/** What lies outside of the database cannot be used, or speaks against itself: heads, keys, an export. */
public class BadEvidence extends Exception {
    private static final long serialVersionUID = 1L;

    public BadEvidence(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
