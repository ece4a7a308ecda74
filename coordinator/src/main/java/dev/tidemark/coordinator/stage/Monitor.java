package dev.tidemark.coordinator.stage;

import dev.tidemark.schema.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * A second monitor, through which a play meddles like the outside world does: it exports the guest's disks so that they can
 * be written like a guest writes, and resizes a disk behind Tidemark's back. Tidemark has a monitor of its own.
 */
public final class Monitor implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader lines;

    public Monitor(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        answer("greeting", "QMP");
        execute("{\"execute\":\"qmp_capabilities\"}");
    }

    /** Sends one command and waits for its answer. */
    public JsonNode execute(String command) throws IOException {
        send(command);
        return answer(command, "return");
    }

    /** Sends one command that QEMU may refuse, and waits for its answer. */
    public void offer(String command) throws IOException {
        send(command);
        JsonNode message;
        do {
            message = next(command);
        } while (!message.has("return") && !message.has("error"));
    }

    private void send(String command) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(command + "\n");
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private JsonNode next(String question) throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("QEMU hung up on " + question);
        }
        return Json.MAPPER.readTree(line);
    }

    private JsonNode answer(String question, String wanted) throws IOException {
        while (true) {
            JsonNode message = next(question);
            if (message.has(wanted)) {
                return message.path(wanted);
            }
            if (message.has("error")) {
                throw new IOException(
                        question + ": " + message.path("error").path("desc").asString(""));
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
