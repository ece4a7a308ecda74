package dev.tidemark.coordinator.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A webhook as it is kept.
 *
 * @param events names of events without their version; none for all
 * @param machines the names of the machines of which it is told, as a pattern
 * @param secret sealed, as the former one, which is there while receivers go over to the new one
 * @param disabledBecause why nothing is sent any more
 * @param position everything up to this index of the log was accepted, or is a dead letter
 * @param trying of the event behind the position, if that was not accepted so far
 * @param deadLetters how many were not accepted afterwards either
 */
public record WebhookRow(
        String id,
        String name,
        String url,
        List<String> events,
        String machines,
        String secret,
        Optional<String> formerSecret,
        Instant createdAt,
        String createdBy,
        Optional<String> disabledBecause,
        long position,
        long delivered,
        Optional<Instant> deliveredAt,
        Optional<Trying> trying,
        long deadLetters) {
    public WebhookRow {
        events = List.copyOf(events);
    }

    /** Tries so far; {@code waitMilliseconds} by the database's clock, as that is one for all coordinators. */
    public record Trying(
            int attempts,
            Instant firstAttemptAt,
            Instant lastAttemptAt,
            Instant nextAttemptAt,
            long waitMilliseconds,
            String trouble) {}

    /** An event that was not accepted in all attempts. */
    public record DeadLetter(
            long index,
            String type,
            int attempts,
            Instant firstAttemptAt,
            Instant givenUpAt,
            String trouble,
            Optional<Instant> requestedAt,
            Optional<Instant> redeliveredAt) {}

    /** One that is to be. */
    public record New(
            String id,
            String name,
            String url,
            List<String> events,
            String machines,
            String secret,
            String createdBy,
            long position) {
        public New {
            events = List.copyOf(events);
        }
    }
}
