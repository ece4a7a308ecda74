package dev.tidemark.gateway.trail;

import dev.tidemark.schema.contract.Origin;
import java.util.Optional;

/** Follows what this gateway does for each operation. What it is told changes nothing of that, and it never throws. */
@FunctionalInterface
public interface WorkWatch {
    /** Who does not care. */
    WorkWatch NONE = (kind, origin) -> Errand.NONE;

    /**
     * Work for an operation begins on this thread; the lines that it logs say which operation that is.
     *
     * @param kind what is done, one of the contract's
     * @param origin where it comes from, if that was said
     */
    Errand begin(String kind, Optional<Origin> origin);

    /** An operation on which this thread works until it is closed, on the same thread. */
    interface Errand extends AutoCloseable {
        Errand NONE = outcome -> {};

        /** It has come to this; the last that was said counts. */
        void came(String outcome);

        @Override
        default void close() {}
    }
}
