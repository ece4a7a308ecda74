package dev.tidemark.coordinator.security;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * By what a caller is known.
 *
 * @param record the id of the record that makes it valid, and whose end ends it; empty if it stands in no table
 * @param until when it ends by itself, if it says so itself
 */
public record Credential(Kind kind, Optional<String> record, Optional<Instant> until) {
    /** Sorts of credentials. */
    public enum Kind {
        /** The token of the home directory. */
        ADMIN_TOKEN,
        TOKEN,
        JWT,
        CERTIFICATE,
        /** A page that somebody has signed in to. */
        SESSION;

        /** As logs have it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One that lasts as long as its record does. */
    public static Credential recorded(Kind kind, String record) {
        return new Credential(kind, Optional.of(record), Optional.empty());
    }
}
