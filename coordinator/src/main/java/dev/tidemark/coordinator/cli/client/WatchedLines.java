package dev.tidemark.coordinator.cli.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A long answer, line by line, from somebody who has to go on speaking: one that is silent for too long has gone, whatever the connection
 * looks like, and its stream is closed.
 */
final class WatchedLines implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    /** So many bytes of a long line are a sign of life, too. */
    private static final int SIGN_OF_LIFE_BYTES = 64 * 1024;

    private final InputStream body;
    private final int lineBytesMax;
    private final Duration silenceMax;
    private final Thread watch;
    private volatile long heardAt = System.nanoTime();

    WatchedLines(InputStream body, String name, int lineBytesMax, Duration silenceMax) {
        this.body = new BufferedInputStream(body, BUFFER_BYTES);
        this.lineBytesMax = lineBytesMax;
        this.silenceMax = silenceMax;
        this.watch = Thread.ofVirtual().name(name + "-watch").start(this::closeWhenSilent);
    }

    /** The next line without its end, or null at the end of the stream: what is cut off in the middle is no line. */
    @Nullable
    String next() throws IOException {
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
            if (line.size() == lineBytesMax) {
                throw new IOException("a line of the answer is longer than " + lineBytesMax + " bytes");
            }
            line.write(next);
            if (line.size() % SIGN_OF_LIFE_BYTES == 0) {
                heardAt = System.nanoTime();
            }
        }
    }

    private void closeWhenSilent() {
        try {
            while (System.nanoTime() - heardAt < silenceMax.toNanos()) {
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
