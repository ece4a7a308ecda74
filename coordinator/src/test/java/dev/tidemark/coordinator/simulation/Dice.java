package dev.tidemark.coordinator.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Chance, from a seed. */
final class Dice {
    private final SplittableRandom random;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Once in so many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** So often in 10,000 times. */
    boolean chance(int inTenThousand) {
        return inTenThousand > 0 && random.nextInt(10_000) < inTenThousand;
    }

    <T> T any(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    /** Nanoseconds up to this many milliseconds. */
    long milliseconds(int most) {
        return (1 + random.nextInt(most)) * 1_000_000L;
    }
}
