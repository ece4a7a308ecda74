package dev.tidemark.coordinator.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Guessing costs the guesser: an address from which too many bad credentials came is answered without any look at what it shows, so
 * that it costs no query either.
 *
 * <p>Others at the same address, behind one router or on this very machine, go on: what was good lately is still looked at. Whether it
 * still is good is not remembered here.
 */
public final class Guesses {
    private static final int ADDRESSES_MAX = 10_000;
    private static final int GOOD_MAX = 10_000;

    private final Allowances bad;
    private final Set<String> good = Collections.newSetFromMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > GOOD_MAX;
        }
    });

    public Guesses(RequestLimits limits, LongSupplier nanoTime) {
        int perMinute = limits.badCredentialsPerMinute();
        this.bad = new Allowances(perMinute / 60.0, perMinute, ADDRESSES_MAX, nanoTime);
    }

    /** Too many bad credentials came from this address. */
    public static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Duration wait;

        TooMany(Duration wait) {
            super("too many credentials that are not valid came from this address");
            this.wait = wait;
        }

        /** After which the next one is looked at. */
        public Duration waiting() {
            return wait;
        }
    }

    /**
     * Whoever shows this.
     *
     * @param reading the look at it
     * @throws TooMany without a look at it
     */
    public Optional<Identity> watched(String address, String shown, Supplier<Optional<Identity>> reading) {
        String network = network(address);
        String mark = digest(shown);
        Duration wait = bad.ask(network);
        if (wait.isPositive() && !isGood(mark)) {
            throw new TooMany(wait);
        }
        Optional<Identity> found = reading.get();
        if (found.isPresent()) {
            remember(mark);
        } else {
            bad.take(network);
        }
        return found;
    }

    private boolean isGood(String mark) {
        synchronized (good) {
            return good.contains(mark);
        }
    }

    private void remember(String mark) {
        synchronized (good) {
            good.add(mark);
        }
    }

    /** Whoever has one address of version 6 has 2^64 of them. */
    private static String network(String address) {
        int colons = 0;
        for (int index = 0; index < address.length(); index++) {
            if (address.charAt(index) == ':' && ++colons == 4) {
                return address.substring(0, index);
            }
        }
        return address;
    }

    private static String digest(String shown) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(shown.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
