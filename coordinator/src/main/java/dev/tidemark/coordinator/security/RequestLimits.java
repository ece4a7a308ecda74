package dev.tidemark.coordinator.security;

/**
 * How much of the coordinator one caller may take.
 *
 * @param perSecond requests of one caller, in the long run
 * @param burst as many at once after a pause
 * @param atOnce requests of one caller that are being answered at a time, those that wait for something included
 * @param badCredentialsPerMinute from one address
 */
public record RequestLimits(int perSecond, int burst, int atOnce, int badCredentialsPerMinute) {
    /** No scheduler comes near this: 200 machines, each started, waited for and asked every second, are a third of it. */
    public static final RequestLimits USUAL = new RequestLimits(1_000, 5_000, 2_000, 30);

    public RequestLimits {
        if (perSecond < 1 || burst < 1 || atOnce < 1 || badCredentialsPerMinute < 1) {
            throw new IllegalArgumentException("a limit of less than one");
        }
    }
}
