package dev.tidemark.coordinator.security;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A token bucket for each key. By monotonic time alone, in bounded memory: of very many keys, the one that was not seen for longest is
 * forgotten, whose bucket is the fullest.
 */
public final class Allowances {
    private static final double NANOSECONDS = 1e9;

    private final double perSecond;
    private final int burst;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets;

    /** Buckets that hold {@code burst} and are refilled at a rate. */
    public Allowances(double perSecond, int burst, int keysMax, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > keysMax;
            }
        };
    }

    private record Bucket(double left, long at) {}

    /** Takes one if there is one: zero; else nothing is taken, and there is one after this time. */
    public synchronized Duration take(String key) {
        Bucket bucket = refilled(key);
        boolean enough = bucket.left() >= 1;
        buckets.put(key, enough ? new Bucket(bucket.left() - 1, bucket.at()) : bucket);
        return missing(bucket);
    }

    /** As {@link #take}, without taking it. */
    public synchronized Duration ask(String key) {
        return missing(refilled(key));
    }

    private Bucket refilled(String key) {
        long now = nanoTime.getAsLong();
        Bucket before = buckets.get(key);
        return before == null
                ? new Bucket(burst, now)
                : new Bucket(Math.min(burst, before.left() + (now - before.at()) / NANOSECONDS * perSecond), now);
    }

    private Duration missing(Bucket bucket) {
        return bucket.left() >= 1
                ? Duration.ZERO
                : Duration.ofNanos((long) Math.ceil((1 - bucket.left()) / perSecond * NANOSECONDS));
    }
}
