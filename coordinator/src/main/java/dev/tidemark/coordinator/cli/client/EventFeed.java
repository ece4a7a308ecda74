package dev.tidemark.coordinator.cli.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A stream of Server-Sent Events that is being read. A coordinator says something every few seconds: one that is silent for longer has
 * gone, whatever the connection looks like.
 */
public final class EventFeed implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 16 * 1024 * 1024;
    private static final Duration SILENCE_MAX = Duration.ofSeconds(20);

    private final InputStream body;
    private final Thread watch;
    private volatile long heardAt = System.nanoTime();

    EventFeed(InputStream body) {
        this.body = new BufferedInputStream(body);
        this.watch = Thread.ofVirtual().name("event-feed-watch").start(this::closeWhenSilent);
    }

    /** One message; empty texts where it has no such part. */
    public record Message(String id, String event, String data) {}

    /** The next message; empty at the end of the stream. What is cut off in the middle is not a message. */
    public Optional<Message> next() throws IOException {
        String id = "";
        String event = "";
        StringBuilder data = new StringBuilder();
        while (true) {
            Optional<String> read = line();
            if (read.isEmpty()) {
                return Optional.empty();
            }
            String line = read.get();
            if (line.isEmpty()) {
                if (!id.isEmpty() || !data.isEmpty()) {
                    return Optional.of(new Message(id, event, data.toString()));
                }
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> id = value;
                case "event" -> event = value;
                case "data" -> data.append(data.isEmpty() ? "" : "\n").append(value);
                default -> {
                    // A comment, or something that later versions say.
                }
            }
        }
    }

    private Optional<String> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = body.read();
            if (next < 0) {
                return Optional.empty();
            }
            heardAt = System.nanoTime();
            if (next == '\n') {
                return Optional.of(line.toString(StandardCharsets.UTF_8));
            }
            if (line.size() == LINE_BYTES_MAX) {
                throw new IOException("a line of the stream is longer than " + LINE_BYTES_MAX + " bytes");
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
