package dev.tidemark.coordinator.monitor.health;

/**
 * How it stands with one part.
 *
 * @param name which, in one word
 * @param detail in words, for somebody who can do something about it
 */
public record Finding(String name, State state, String detail) {
    /** Whether the part does its work. */
    public enum State {
        UP,
        /** Requests are answered, but somebody has to see to it. */
        WARNING,
        /** Requests that need it fail. */
        DOWN
    }

    public static Finding up(String name, String detail) {
        return new Finding(name, State.UP, detail);
    }

    public static Finding warning(String name, String detail) {
        return new Finding(name, State.WARNING, detail);
    }

    public static Finding down(String name, String detail) {
        return new Finding(name, State.DOWN, detail);
    }
}
