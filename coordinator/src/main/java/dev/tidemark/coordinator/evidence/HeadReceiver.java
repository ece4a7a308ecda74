package dev.tidemark.coordinator.evidence;

import java.io.IOException;

/** Who is told of each head beside its file, as soon as it is durable there: a system log, which is carried elsewhere. */
@FunctionalInterface
public interface HeadReceiver {
    /** Nobody. */
    HeadReceiver NOBODY = line -> {};

    /** Takes a head as it stands in its file; returns at once, whoever hangs. */
    void take(String line) throws IOException;
}
