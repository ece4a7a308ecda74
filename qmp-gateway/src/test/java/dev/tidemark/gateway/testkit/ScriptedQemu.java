package dev.tidemark.gateway.testkit;

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
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks QMP as QEMU does, and answers each command with what it is told to answer; nothing is true of what it says. */
public final class ScriptedQemu implements AutoCloseable {
    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7},"
                    + " \"package\": \"Debian\"}, \"capabilities\": [\"oob\"]}}";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final ShortDirectory directory = ShortDirectory.create();
    private final ServerSocketChannel server;
    private volatile Function<String, @Nullable JsonNode> replies;
    private volatile UnaryOperator<byte[]> wire = bytes -> bytes;

    /** With what is answered to a command; to one for which there is nothing, that it is not known. */
    public ScriptedQemu(Function<String, @Nullable JsonNode> replies) throws IOException {
        this.replies = replies;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket()));
        Thread.ofPlatform().daemon().name("scripted-qemu").start(this::serve);
    }

    public Path socket() {
        return directory.resolve("q");
    }

    public Path lockDirectory() {
        return directory.resolve("locks");
    }

    /** From now on it answers so. */
    public void answer(Function<String, @Nullable JsonNode> with) {
        replies = with;
    }

    /** From now on the bytes of each message go through this; a message of no bytes is the end of the connection. */
    public void spoil(UnaryOperator<byte[]> bytes) {
        wire = bytes;
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel channel = server.accept()) {
                talk(channel);
            } catch (IOException clientLeft) {
                // The next one, if there is one; a test that closes us ends the loop.
            }
        }
    }

    private void talk(SocketChannel channel) throws IOException {
        BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        boolean open = send(channel, GREETING);
        while (open) {
            String line = lines.readLine();
            if (line == null) {
                return;
            }
            JsonNode command = MAPPER.readTree(line);
            String name = command.path("execute").asString("");
            JsonNode reply = name.equals("qmp_capabilities") ? MAPPER.createObjectNode() : replies.apply(name);
            String text = reply == null
                    ? "\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"not here\"}"
                    : "\"return\": " + MAPPER.writeValueAsString(reply);
            open = send(channel, "{" + text + ", \"id\": " + command.path("id") + "}");
        }
    }

    private boolean send(SocketChannel channel, String message) throws IOException {
        byte[] bytes = wire.apply((message + "\r\n").getBytes(StandardCharsets.UTF_8));
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        return bytes.length > 0;
    }

    @Override
    public void close() throws IOException {
        server.close();
        directory.close();
    }
}
