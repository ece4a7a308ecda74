package dev.tidemark.coordinator.view;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** A place in an answer to an auditor: a moment, and which of those that share it. */
public record AuditPlace(Instant at, String place) {
    private static final Pattern PLACE = Pattern.compile("[!-~]{1,300}");

    /** As it travels, for example {@code 2026-11-22T12:00:00Z_01K1ZB…}. */
    public String text() {
        return at + "_" + place;
    }

    /** Empty if it does not have the form. */
    public static Optional<AuditPlace> parse(String text) {
        int end = text.indexOf('_');
        if (end < 0 || !PLACE.matcher(text.substring(end + 1)).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new AuditPlace(Instant.parse(text.substring(0, end)), text.substring(end + 1)));
        } catch (DateTimeException malformed) {
            return Optional.empty();
        }
    }
}
