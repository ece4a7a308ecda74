package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.HostName;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The newest epoch of each host's lease that was heard of here. What is recorded is compared with the database's own; this is for what is
 * only told, of which nothing is kept: a coordinator that has not heard of a take-over yet hears the old holder for a moment longer.
 */
final class Epochs {
    private final Map<HostName, Long> newest = new ConcurrentHashMap<>();

    void know(HostName host, long epoch) {
        newest.merge(host, epoch, Math::max);
    }

    /** Whether somebody else has had the host since. */
    boolean isOver(HostName host, OptionalLong told) {
        long known = newest.getOrDefault(host, 0L);
        return known > 0 && told.orElse(0) < known;
    }
}
