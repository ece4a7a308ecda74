package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Heads of a log one by one, oldest first. There may be one for each minute of years: they are never all in memory. */
public interface HeadSource extends AutoCloseable {
    /** The next one, or null after the last. */
    @Nullable
    LogHead next() throws IOException, BadEvidence;

    @Override
    void close() throws IOException;

    /** These. */
    static HeadSource of(List<LogHead> heads) {
        Iterator<LogHead> rest = List.copyOf(heads).iterator();
        return new HeadSource() {
            @Override
            public @Nullable LogHead next() {
                return rest.hasNext() ? rest.next() : null;
            }

            @Override
            public void close() {
                // There is nothing to give back.
            }
        };
    }
}
