package dev.tidemark.gateway.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A guest agent that nobody needs a guest for. It answers each line as it is told to; the text may hold {@code \u00ff},
 * which goes out as the one byte. It never freezes anything: it only says so.
 */
public final class FakeGuestAgent implements AutoCloseable {
    private final ServerSocketChannel listening;
    private final Function<String, String> answers;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    private FakeGuestAgent(Path socket, Function<String, String> answers) {
        this.answers = answers;
        try {
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread.ofPlatform().daemon().name("agent " + socket).start(this::serve);
    }

    /** Answers each line with what the function gives, nothing if that is empty. */
    public static FakeGuestAgent answering(Path socket, Function<String, String> answers) {
        return new FakeGuestAgent(socket, answers);
    }

    /** As qemu-ga does, with this state of the file systems. */
    public static FakeGuestAgent inState(Path socket, String state) {
        return new FakeGuestAgent(socket, line -> asQemuGaDoes(line, state));
    }

    /** What qemu-ga 7.2 says: a stray complaint about the delimiter first, then a delimited answer. */
    public static String asQemuGaDoes(String line, String state) {
        if (line.contains("guest-sync-delimited")) {
            String id = line.replaceAll(".*\"id\":(-?[0-9]+).*", "$1");
            return "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, invalid\"}}\n\u00ff{\"return\": "
                    + id + "}\n";
        }
        return line.contains("guest-fsfreeze-status")
                ? "{\"return\": \"" + state + "\"}\n"
                : "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"not here\"}}\n";
    }

    /** Every line that was sent to it. */
    public List<String> heard() {
        return List.copyOf(heard);
    }

    private void serve() {
        while (listening.isOpen()) {
            serveOne();
        }
    }

    private void serveOne() {
        try (SocketChannel client = listening.accept()) {
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(client), StandardCharsets.ISO_8859_1));
            String line = lines.readLine();
            while (line != null) {
                heard.add(line);
                ByteBuffer answer = ByteBuffer.wrap(answers.apply(line).getBytes(StandardCharsets.ISO_8859_1));
                while (answer.hasRemaining()) {
                    client.write(answer);
                }
                line = lines.readLine();
            }
        } catch (IOException gone) {
            // The client hung up, or the test is over.
            return;
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
