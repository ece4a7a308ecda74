package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.testkit.ShortDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A hand-written peer on a real socket that behaves as a test says; it never knows what a session is. */
final class FakePeer implements AutoCloseable {

    static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7},"
            + " \"package\": \"Debian\"}, \"capabilities\": [\"oob\"]}}\r\n";
    static final Duration LONG = Duration.ofSeconds(60);

    /** For what never comes; long enough for a thread that is to send first. */
    static final Duration SHORT = Duration.ofSeconds(1);

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** What a test lets the peer do with a connection; when it returns the connection is closed. */
    interface Script {
        void play(Connection connection) throws IOException;
    }

    private final ShortDirectory directory = ShortDirectory.create();
    private final ServerSocketChannel server;
    private final List<SocketChannel> accepted = new CopyOnWriteArrayList<>();

    private FakePeer(Script script) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket()));
        Thread.ofPlatform().daemon().name("fake-peer").start(() -> serve(script));
    }

    /** Plays the script from the first byte on. */
    static FakePeer playing(Script script) throws IOException {
        return new FakePeer(script);
    }

    /** Greets, answers the negotiation, then plays the script. */
    static FakePeer negotiated(Script script) throws IOException {
        return new FakePeer(connection -> {
            connection.negotiate();
            script.play(connection);
        });
    }

    Path socket() {
        return directory.resolve("q");
    }

    Path directory() {
        return directory.path();
    }

    QmpSession open() throws QmpException {
        return open(QmpLimits.defaults().withTimeouts(LONG, LONG), event -> {});
    }

    QmpSession open(QmpLimits limits, Consumer<QmpEvent> events) throws QmpException {
        return QmpSession.open(socket(), directory.resolve("locks"), limits, events);
    }

    static QmpLimits impatient() {
        return QmpLimits.defaults().withTimeouts(SHORT, SHORT);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel channel : accepted) {
            channel.close();
        }
        directory.close();
    }

    private void serve(Script script) {
        try {
            while (true) {
                try (SocketChannel channel = server.accept()) {
                    accepted.add(channel);
                    script.play(new Connection(channel));
                } catch (IOException clientLeft) {
                    if (!server.isOpen()) {
                        return;
                    }
                }
            }
        } catch (RuntimeException scriptFailed) {
            // The session sees a peer that has gone, which the test then judges.
        }
    }

    static final class Connection {
        private final SocketChannel channel;
        private final BufferedReader lines;

        Connection(SocketChannel channel) {
            this.channel = channel;
            this.lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        }

        void negotiate() throws IOException {
            send(GREETING);
            reply(readId());
        }

        void reply(long id) throws IOException {
            send("{\"return\": {\"for\": " + id + "}, \"id\": " + id + "}\r\n");
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        JsonNode readCommand() throws IOException {
            @Nullable String line = lines.readLine();
            if (line == null) {
                throw new IOException("the client has left");
            }
            return MAPPER.readTree(line);
        }

        long readId() throws IOException {
            return readCommand().get("id").longValue();
        }

        /** Says nothing until the client leaves. */
        void stayUntilClientLeaves() throws IOException {
            while (lines.readLine() != null) {
                // What it says is not heard.
            }
        }
    }
}
