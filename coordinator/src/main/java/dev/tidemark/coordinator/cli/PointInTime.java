package dev.tidemark.coordinator.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/**
 * A moment that a person wrote.
 *
 * @param assumption what was read into it, to be said aloud; empty if it was complete
 */
record PointInTime(Instant instant, String assumption) {
    /** As ISO 8601, and as our own tables print it, with a space in the middle. */
    static PointInTime parse(String text) {
        String iso = text.length() > 10 && text.charAt(10) == ' ' ? text.replaceFirst(" ", "T") : text;
        try {
            TemporalAccessor parsed = iso.length() > 10
                    ? DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, ZonedDateTime::from, LocalDateTime::from)
                    : DateTimeFormatter.ISO_LOCAL_DATE.parse(iso, LocalDate::from);
            return switch (parsed) {
                case ZonedDateTime complete -> new PointInTime(complete.toInstant(), "");
                case LocalDateTime local -> inLocalZone(text, local);
                case LocalDate date -> inLocalZone(text, date.atStartOfDay());
                default -> throw new DateTimeException("neither a date nor a time");
            };
        } catch (DateTimeException malformed) {
            throw Arguments.rejected(
                    "'" + text + "' is not a time: 2026-07-01, 2026-07-01T12:00 or 2026-07-01T12:00:00Z", malformed);
        }
    }

    private static PointInTime inLocalZone(String text, LocalDateTime local) {
        ZonedDateTime zoned = local.atZone(ZoneId.systemDefault());
        return new PointInTime(
                zoned.toInstant(),
                text + " is taken as " + DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(zoned) + " (local zone "
                        + zoned.getZone() + ")");
    }
}
