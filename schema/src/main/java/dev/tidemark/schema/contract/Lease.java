package dev.tidemark.schema.contract;

/**
 * The answer to a {@link Claim}.
 *
 * @param epoch grows by one whenever the host gets another holder, or its holder another life; what a gateway tells is taken under the
 *     newest one only. 0 if it was not granted
 * @param milliseconds from the moment at which the gateway asked
 * @param holder who has it instead, in words
 */
public record Lease(boolean granted, long epoch, long milliseconds, String holder) {
    /** Granted for so long. */
    public static Lease granted(long epoch, long milliseconds) {
        return new Lease(true, epoch, milliseconds, "");
    }

    /** Not granted, because of this holder. */
    public static Lease refused(String holder) {
        return new Lease(false, 0, 0, holder);
    }
}
