package dev.tidemark.coordinator.dashboard;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often somebody has shown what is no token; or one that is, which a loop could fill the database with records of. 256 random bits are
 * not guessed; this keeps those who try from keeping the database busy, and leaves everybody else alone: each address is counted for
 * itself, and of very many the oldest are forgotten.
 */
public final class Guesses {
    static final int MISSES_MAX = 8;
    static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES_MAX = 4096;
    private static final int IPV6_BYTES = 16;
    private static final int IPV6_NETWORK_BYTES = 8;

    private final int most;
    private final Map<String, Misses> byAddress = new LinkedHashMap<>();

    private record Misses(Instant since, int count) {}

    Guesses() {
        this(MISSES_MAX);
    }

    /** @param most in a minute */
    Guesses(int most) {
        this.most = most;
    }

    /** How long this address has to wait; nothing if it need not. */
    synchronized Duration wait(String address, Instant now) {
        Misses misses = byAddress.get(network(address));
        if (misses == null || misses.count() < most) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, misses.since().plus(WINDOW));
        // A clock that went back by more than the window would otherwise lock somebody out for long.
        return left.isNegative() || left.compareTo(WINDOW) > 0 ? Duration.ZERO : left;
    }

    synchronized void came(String address, Instant now) {
        String network = network(address);
        Misses before = byAddress.remove(network);
        if (before == null || Duration.between(before.since(), now).abs().compareTo(WINDOW) > 0) {
            byAddress.put(network, new Misses(now, 1));
        } else {
            byAddress.put(network, new Misses(before.since(), before.count() + 1));
        }
        if (byAddress.size() > ADDRESSES_MAX) {
            byAddress.remove(byAddress.keySet().iterator().next());
        }
    }

    /** One household has as many IPv6 addresses as it likes. */
    private static String network(String address) {
        try {
            byte[] bytes = InetAddress.ofLiteral(address).getAddress();
            return HexFormat.of()
                    .formatHex(bytes.length == IPV6_BYTES ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
        } catch (IllegalArgumentException noLiteral) {
            return address;
        }
    }
}
