package dev.tidemark.coordinator.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A long answer that is being read, line by line: never more of it is in memory than a line. It ends with a line that says how many there
 * were; an answer without that was cut off, and is told as an error.
 */
public final class LineFeed implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 256 * 1024 * 1024;
    private static final String END = "{\"end\":";
    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private final WatchedLines lines;
    private long count;
    private boolean ended;

    LineFeed(InputStream body) {
        this.lines = new WatchedLines(body, "line-feed", LINE_BYTES_MAX, SILENCE_MAX);
    }

    /** The next line, or null after the last. */
    public @Nullable String next() throws IOException {
        if (ended) {
            return null;
        }
        String line = lines.next();
        if (line == null) {
            throw new IOException("the answer was cut off after " + count + " lines");
        }
        if (line.startsWith(END)) {
            if (!line.equals(END + count + "}")) {
                throw new IOException("of an answer of " + line + " lines " + count + " came");
            }
            ended = true;
            return null;
        }
        count++;
        return line;
    }

    @Override
    public void close() {
        lines.close();
    }
}
