package dev.tidemark.coordinator.cli.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

    private final InputStream body;
    private final Thread watch;
    private volatile long heardAt = System.nanoTime();
    private long count;
    private boolean ended;

    LineFeed(InputStream body) {
        this.body = new BufferedInputStream(body, 64 * 1024);
        this.watch = Thread.ofVirtual().name("line-feed-watch").start(this::closeWhenSilent);
    }

    /** The next line, or null after the last. */
    public @Nullable String next() throws IOException {
        if (ended) {
            return null;
        }
        String line = line();
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

    private @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = body.read();
            if (next < 0) {
                return null;
            }
            if (next == '\n') {
                heardAt = System.nanoTime();
                return line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == LINE_BYTES_MAX) {
                throw new IOException("a line of the answer is longer than " + LINE_BYTES_MAX + " bytes");
            }
            line.write(next);
        }
    }

    private void closeWhenSilent() {
        try {
            while (System.nanoTime() - heardAt < SILENCE_MAX.toNanos()) {
                Thread.sleep(Duration.ofSeconds(1));
            }
            body.close();
        } catch (InterruptedException | IOException done) {
            // Nobody reads any more, or there is nothing left to close.
            return;
        }
    }

    @Override
    public void close() {
        watch.interrupt();
        try {
            body.close();
        } catch (IOException gone) {
            // That is what was wanted.
            return;
        }
    }
}
