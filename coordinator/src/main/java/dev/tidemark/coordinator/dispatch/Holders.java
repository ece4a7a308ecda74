package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.HostName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which hosts have a gateway, as of the last look at all leases, and which coordinator each asks. Safe for many threads. */
public final class Holders {
    private final Map<HostName, Holder> holders = new HashMap<>();

    /**
     * Who serves a host.
     *
     * @param coordinator the one that it asks
     * @param heardNanoseconds when it was heard last, by {@link System#nanoTime()}
     * @param endNanoseconds when its lease is over
     */
    public record Holder(String coordinator, long heardNanoseconds, long endNanoseconds) {
        /** Whether it may have gone. */
        public boolean isOver(long nowNanoseconds) {
            return endNanoseconds - nowNanoseconds <= 0;
        }

        /** For how long nothing was heard. */
        public long silentSeconds(long nowNanoseconds) {
            return Math.max(0, (nowNanoseconds - heardNanoseconds) / 1_000_000_000);
        }
    }

    /** As of now. */
    public synchronized void know(HostName host, Holder holder) {
        holders.put(host, holder);
    }

    public synchronized Optional<Holder> of(HostName host) {
        return Optional.ofNullable(holders.get(host));
    }

    /** The hosts with a gateway that was heard in time. */
    public synchronized Set<HostName> live(long nowNanoseconds) {
        Set<HostName> live = new HashSet<>();
        holders.forEach((host, holder) -> {
            if (!holder.isOver(nowNanoseconds)) {
                live.add(host);
            }
        });
        return live;
    }

    /** The hosts whose gateways ask this coordinator. */
    public synchronized Set<HostName> servedBy(String coordinator, long nowNanoseconds) {
        Set<HostName> served = new HashSet<>();
        holders.forEach((host, holder) -> {
            if (holder.coordinator().equals(coordinator) && !holder.isOver(nowNanoseconds)) {
                served.add(host);
            }
        });
        return served;
    }
}
