package dev.tidemark.gateway.qga;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** The framing: one JSON object a line; 0xFF, which is never part of one, tells where an answer of ours begins. */
final class AgentWire {
    private static final int DELIMITER = 0xff;

    /** More than this in one exchange is no answer, in bytes. */
    private static final int BYTES_MAX = 64 * 1024;

    private final SocketChannel channel;
    private final InputStream in;
    private int read;

    AgentWire(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
    }

    void sendDelimiter() throws IOException {
        write(ByteBuffer.wrap(new byte[] {(byte) DELIMITER}));
    }

    void send(String command) throws IOException {
        write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    void skipToDelimiter() throws IOException, GuestAgentFailure {
        int octet = next();
        while (octet != DELIMITER) {
            // What somebody else has asked for.
            octet = next();
        }
    }

    byte[] line() throws IOException, GuestAgentFailure {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int octet = next();
        while (octet != '\n') {
            line.write(octet);
            octet = next();
        }
        return line.toByteArray();
    }

    private int next() throws IOException, GuestAgentFailure {
        if (++read > BYTES_MAX) {
            throw new GuestAgentFailure("the guest agent sent more than " + BYTES_MAX + " bytes and no answer");
        }
        int octet = in.read();
        if (octet < 0) {
            throw new GuestAgentFailure("the guest agent hung up");
        }
        return octet;
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
