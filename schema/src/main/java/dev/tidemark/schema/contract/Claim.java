package dev.tidemark.schema.contract;

/**
 * A gateway's word on the lease of its host.
 *
 * @param instance who asks; kept over a restart, so that a gateway that comes back waits for nobody
 * @param epoch under which it holds the lease; 0 if it does not hold one yet
 * @param version of its program
 */
public record Claim(String instance, long epoch, Kind kind, String version) {
    private static final int TEXT_CHARACTERS_MAX = 128;

    /** What it wants. */
    public enum Kind {
        /** To have it, or to keep it. Another instance's is waited for until it has expired. */
        HOLD,
        /** To have it whoever has it now: that one is fenced. */
        TAKE_OVER,
        /** To give it back: nobody has to wait for the end of its time. */
        LEAVE
    }

    public Claim {
        if (instance.isBlank() || instance.length() > TEXT_CHARACTERS_MAX || version.length() > TEXT_CHARACTERS_MAX) {
            throw new IllegalArgumentException("an instance has 1 to " + TEXT_CHARACTERS_MAX + " characters");
        }
        if (epoch < 0) {
            throw new IllegalArgumentException("an epoch is not negative");
        }
    }
}
