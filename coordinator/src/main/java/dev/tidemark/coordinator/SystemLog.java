package dev.tidemark.coordinator;

import dev.tidemark.coordinator.evidence.HeadReceiver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells the system log of signed heads, in the words of RFC 3164 as {@code /dev/log} hears them: whoever has that log carried to another
 * host has the heads there, out of reach of whoever owns this one.
 */
final class SystemLog implements HeadReceiver {
    /** Facility authpriv (10), severity notice (5): what is about security, and for few eyes. */
    private static final int PRIORITY = 10 * 8 + 5;

    private static final String TAG = "tidemark-heads";

    private final UnixDatagrams socket;

    private SystemLog(UnixDatagrams socket) {
        this.socket = socket;
    }

    /** @throws IOException if there is none: whoever asked for it relies on it */
    static SystemLog at(Path path) throws IOException {
        if (!Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path) || !Files.isWritable(path)) {
            throw new IOException(
                    path + " is no socket of a system log. Is there one that hears on it? /dev/log is usual.");
        }
        return new SystemLog(new UnixDatagrams(path.toString()));
    }

    @Override
    public void take(String line) throws IOException {
        String message =
                "<" + PRIORITY + ">" + TAG + "[" + ProcessHandle.current().pid() + "]: " + line;
        socket.send(message.getBytes(StandardCharsets.UTF_8));
    }
}
