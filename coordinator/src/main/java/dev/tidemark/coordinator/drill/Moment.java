package dev.tidemark.coordinator.drill;

import dev.tidemark.schema.crash.CrashPoint;
import java.util.Arrays;
import java.util.Optional;

/** The n-th time, from the beginning of a workflow, that a point is passed. */
record Moment(CrashPoint point, int passage) {
    /** Passed by a thread that serves all machines: held for one of them, no other one comes further than to it. */
    boolean isShared() {
        return point == CrashPoint.BEFORE_HAND_OUT || point == CrashPoint.AFTER_WAKE;
    }

    /** Passed in a transaction of the database, which does not wait for long and needs a connection. */
    boolean isInTransaction() {
        return switch (point) {
            case BEFORE_APPEND, AFTER_APPEND, BEFORE_COMMIT -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return passage == 1 ? point.name() : point.name() + "@" + passage;
    }

    static Optional<Moment> parsed(String text) {
        int at = text.indexOf('@');
        String name = at < 0 ? text : text.substring(0, at);
        String passage = at < 0 ? "1" : text.substring(at + 1);
        if (!passage.matches("[1-9][0-9]?")) {
            return Optional.empty();
        }
        return Arrays.stream(CrashPoint.values())
                .filter(point -> point.name().equals(name))
                .findFirst()
                .map(point -> new Moment(point, Integer.parseInt(passage)));
    }
}
