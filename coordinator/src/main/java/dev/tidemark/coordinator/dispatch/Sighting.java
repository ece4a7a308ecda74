package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.HostName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What a gateway saw last of a machine; not durable. */
public record Sighting(State state, Sight sight) {
    /** Whether QEMU answers. */
    public enum State {
        /** It was looked at. */
        UP,
        /** Nothing listens on its socket. */
        DOWN,
        /** Nobody looked yet, nobody does any more, or the monitor is hung or held by somebody else. */
        UNKNOWN
    }

    static final Sighting NONE = new Sighting(State.UNKNOWN, new Sight.NotTaken());

    /** What was seen before says nothing of now. */
    static Sighting silent(HostName host, Instant since) {
        return new Sighting(
                State.UNKNOWN,
                new Sight.Unreachable(
                        "gateway of host '" + host + "' silent since " + since.truncatedTo(ChronoUnit.SECONDS),
                        false,
                        0));
    }

    static Sighting of(Sight sight) {
        return switch (sight) {
            case Sight.Observed _ -> new Sighting(State.UP, sight);
            case Sight.Unreachable unreachable ->
                new Sighting(unreachable.processGone() ? State.DOWN : State.UNKNOWN, sight);
            case Sight.NotTaken _ -> new Sighting(State.UNKNOWN, sight);
        };
    }
}
