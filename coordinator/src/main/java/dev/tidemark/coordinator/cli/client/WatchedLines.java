package dev.tidemark.coordinator.cli.client;

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

    private final InputStream body;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final int lineBytesMax;
    private final Duration silenceMax;
    private final Thread watch;
    private int position;
    private int end;
    private volatile long heardAt = System.nanoTime();

    WatchedLines(InputStream body, String name, int lineBytesMax, Duration silenceMax) {
        this.body = body;
        this.lineBytesMax = lineBytesMax;
        this.silenceMax = silenceMax;
        this.watch = Thread.ofPlatform().daemon().name(name + "-watch").start(this::closeWhenSilent);
    }

    /** The next line without its end, or null at the end of the stream: what is cut off in the middle is no line. */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream begun = new ByteArrayOutputStream();
        while (true) {
            int start = position;
            while (position < end && buffer[position] != '\n') {
                position++;
            }
            int length = position - start;
            if (length > lineBytesMax - begun.size()) {
                throw new IOException("a line of the answer is longer than " + lineBytesMax + " bytes");
            }
            if (position < end) {
                position++;
                if (begun.size() == 0) {
                    return new String(buffer, start, length, StandardCharsets.UTF_8);
                }
                begun.write(buffer, start, length);
                return begun.toString(StandardCharsets.UTF_8);
            }
            begun.write(buffer, start, length);
            position = 0;
            end = Math.max(0, body.read(buffer));
            if (end == 0) {
                return null;
            }
            // Also a piece of a long line is a sign of life.
            heardAt = System.nanoTime();
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
