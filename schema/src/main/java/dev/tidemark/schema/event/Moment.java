package dev.tidemark.schema.event;

import java.util.Optional;

/**
 * What the moment of a checkpoint or a backup is worth to whoever restores it.
 *
 * @param crashCause why it is no more than {@link Consistency#CRASH} although a frozen guest was asked for; empty if none was, and
 *     with {@link Consistency#FILESYSTEM}
 */
public record Moment(Consistency consistency, Optional<String> crashCause) {
    /** Nobody asked for more. */
    public static final Moment CRASH = new Moment(Consistency.CRASH, Optional.empty());

    /** The guest's file systems were frozen before it, and were still frozen after it. */
    public static final Moment FROZEN = new Moment(Consistency.FILESYSTEM, Optional.empty());

    public Moment {
        crashCause = crashCause.map(Prose::of);
    }

    /** More was asked for, and cannot be vouched for. */
    public static Moment crashBecause(String cause) {
        return new Moment(Consistency.CRASH, Optional.of(cause));
    }
}
