package dev.tidemark.gateway.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A bystander on QMP who may say anything: for a test's set-up, its sabotage and its second opinion. Nothing of it is
 * shared with the client under test. It waits for ever; the test's own time-out is the limit.
 */
public final class RawMonitor implements AutoCloseable {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final SocketChannel channel;
    private final BufferedReader lines;

    private RawMonitor(SocketChannel channel) {
        this.channel = channel;
        this.lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    /** Connects and negotiates. */
    public static RawMonitor connect(Path socket) {
        try {
            while (true) {
                RawMonitor monitor = new RawMonitor(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
                JsonNode answer = monitor.negotiate(socket);
                if (answer.has("return")) {
                    return monitor;
                }
                monitor.close();
                if (!answer.has("QMP")) {
                    throw new AssertionError("QEMU answered " + answer);
                }
                // A QEMU that is just starting may greet twice, and then has forgotten what was said in between.
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /**
     * Reads the greeting and negotiates. While QEMU is just starting, two of its threads may see the same connection
     * come; one takes it, and the other, which is to read what is said on it, waits in accept(2) for one more. Another
     * connection lets it go on, and is closed by QEMU at once (seen with qemu-storage-daemon 7.2).
     */
    private JsonNode negotiate(Path socket) throws IOException {
        CompletableFuture<Void> another = CompletableFuture.runAsync(
                () -> connectInVain(socket), CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS));
        try {
            readLine();
            return ask("{\"execute\":\"qmp_capabilities\"}");
        } finally {
            another.cancel(false);
        }
    }

    private static void connectInVain(Path socket) {
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Sends any JSON and returns the first line that is no event: a {@code return} or an {@code error}. */
    public JsonNode ask(String json) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            JsonNode message = readLine();
            while (message.has("event")) {
                message = readLine();
            }
            return message;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Like {@link #ask}, and fails the test if the answer is an error. */
    public JsonNode execute(String json) {
        JsonNode answer = ask(json);
        JsonNode value = answer.get("return");
        if (value == null) {
            throw new AssertionError(json + " was answered with " + answer);
        }
        return value;
    }

    /** Sends all of them before it reads the first answer, so that hardly anybody gets between them; none may be refused. */
    public void executeTogether(List<String> commands) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap((String.join("\n", commands) + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            for (String command : commands) {
                JsonNode answer = readLine();
                while (answer.has("event")) {
                    answer = readLine();
                }
                if (!answer.has("return")) {
                    throw new AssertionError(command + " was answered with " + answer);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private JsonNode readLine() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new AssertionError("QEMU closed the connection");
        }
        return MAPPER.readTree(line);
    }
}
