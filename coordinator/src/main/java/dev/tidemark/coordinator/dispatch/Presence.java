package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which hosts have a gateway that asks what there is to do, and since when one has not. */
final class Presence {
    private final long begunNanoseconds;
    private final Map<HostName, Integer> asking = new HashMap<>();
    private final Map<HostName, Long> lastNanoseconds = new HashMap<>();

    Presence(long nowNanoseconds) {
        this.begunNanoseconds = nowNanoseconds;
    }

    void begins(HostName host) {
        asking.merge(host, 1, Integer::sum);
    }

    void ends(HostName host, long nowNanoseconds) {
        asking.computeIfPresent(host, (name, count) -> count == 1 ? null : count - 1);
        lastNanoseconds.put(host, nowNanoseconds);
    }

    /** For how long nobody has asked, 0 if somebody waits for an answer now; since our beginning if nobody ever did. */
    long silentNanoseconds(HostName host, long nowNanoseconds) {
        return asking.containsKey(host) ? 0 : nowNanoseconds - lastNanoseconds.getOrDefault(host, begunNanoseconds);
    }

    /** The hosts of which a gateway was heard. */
    Set<HostName> hosts() {
        Set<HostName> hosts = new HashSet<>(asking.keySet());
        hosts.addAll(lastNanoseconds.keySet());
        return hosts;
    }

    /** Whether nobody has asked for so long; one that was never heard of has the same time from our beginning on. */
    boolean isSilent(HostName host, Duration silence, long nowNanoseconds) {
        return silentNanoseconds(host, nowNanoseconds) > silence.toNanos();
    }
}
