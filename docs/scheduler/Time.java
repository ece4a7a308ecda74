import java.time.Instant;

/** The time of day as it was when the program began, and what has passed since: whoever sets the clock meanwhile ends no window and lengthens none. */
final class Time {
    private static final Instant BEGUN = Instant.now();
    private static final long NANOSECONDS = System.nanoTime();

    private Time() {}

    static Instant now() {
        return BEGUN.plusNanos(System.nanoTime() - NANOSECONDS);
    }
}
