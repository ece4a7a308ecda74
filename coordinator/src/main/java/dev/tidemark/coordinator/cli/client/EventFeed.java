package dev.tidemark.coordinator.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * A stream of Server-Sent Events that is being read. A coordinator says something every few seconds: one that is silent for longer has
 * gone, whatever the connection looks like.
 */
public final class EventFeed implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 16 * 1024 * 1024;
    private static final Duration SILENCE_MAX = Duration.ofSeconds(20);

    private final WatchedLines lines;

    EventFeed(InputStream body) {
        this.lines = new WatchedLines(body, "event-feed", LINE_BYTES_MAX, SILENCE_MAX);
    }

    /** One message; empty texts where it has no such part. */
    public record Message(String id, String event, String data) {}

    /** The next message; empty at the end of the stream. What is cut off in the middle is not a message. */
    public Optional<Message> next() throws IOException {
        String id = "";
        String event = "";
        StringBuilder data = new StringBuilder();
        while (true) {
            String line = lines.next();
            if (line == null) {
                return Optional.empty();
            }
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

    @Override
    public void close() {
        lines.close();
    }
}
