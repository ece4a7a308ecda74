package dev.tidemark.coordinator.webhook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a receiver is waited for and how often it is tried again.
 *
 * @param attempts after so many an event is a dead letter
 * @param pauseFirst after the first failure; doubled after each further one
 * @param pauseMost at most so long, unless the receiver itself asks for more
 * @param askedMost for so long a receiver may put off the next attempt
 * @param connect for the connection and the handshake
 * @param answer for all from the first byte sent to the end of the answer's head
 */
public record Patience(
        int attempts, Duration pauseFirst, Duration pauseMost, Duration askedMost, Duration connect, Duration answer) {
    /** Some seven hours for one event. */
    public static final Patience USUAL = new Patience(
            16,
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofHours(24),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15));

    /** The same, until so many attempts failed. */
    public Patience trying(int times) {
        return new Patience(times, pauseFirst, pauseMost, askedMost, connect, answer);
    }

    /** The same, with another pause after the first failure. */
    public Patience pausing(Duration first) {
        return new Patience(attempts, first, pauseMost, askedMost, connect, answer);
    }

    /** Between half of what is due and all of it: receivers that come back are not asked by everybody at once. */
    Duration pauseAfter(int failures, RandomGenerator random) {
        long due = pauseMost.toMillis();
        if (failures < Long.SIZE - Long.numberOfLeadingZeros(due)) {
            due = Math.min(due, pauseFirst.toMillis() << (failures - 1));
        }
        return Duration.ofMillis(random.nextLong(due / 2, due + 1));
    }
}
