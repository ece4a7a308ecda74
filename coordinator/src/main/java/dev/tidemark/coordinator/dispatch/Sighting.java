package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.contract.Sight;

/** What a gateway saw last of a machine; not durable. */
public record Sighting(State state, Sight sight) {
    /** Whether QEMU answers. */
    public enum State {
        /** It was looked at. */
        UP,
        /** Nothing listens on its socket. */
        DOWN,
        /** Nobody looked yet, or the monitor is hung or held by somebody else. */
        UNKNOWN
    }

    static final Sighting NONE = new Sighting(State.UNKNOWN, new Sight.NotTaken());

    static Sighting of(Sight sight) {
        return switch (sight) {
            case Sight.Observed _ -> new Sighting(State.UP, sight);
            case Sight.Unreachable unreachable ->
                new Sighting(unreachable.processGone() ? State.DOWN : State.UNKNOWN, sight);
            case Sight.NotTaken _ -> new Sighting(State.UNKNOWN, sight);
        };
    }
}
