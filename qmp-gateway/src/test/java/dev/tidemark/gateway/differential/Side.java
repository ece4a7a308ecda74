package dev.tidemark.gateway.differential;

import java.util.Set;

/** The model, or the real daemon. */
interface Side {
    /** Whether the step succeeded. */
    boolean take(Step step);

    /**
     * What the queries tell.
     *
     * @param digests whether the bits of each bitmap are wanted
     */
    State state(boolean digests);

    /** The jobs that have ended. */
    Set<String> concluded();

    /** What the node reads as, a value per cell. */
    long[] read(String node);
}
