package dev.tidemark.gateway.differential;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** As much of the NBD protocol as a guest needs: read, write, zero, discard, flush, one at a time. */
final class NbdClient implements AutoCloseable {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int OPTION_GO = 7;
    static final int HEADER_BYTES = 28;
    private static final int REPLY_ACKNOWLEDGED = 1;

    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int FLUSH = 3;
    private static final int DISCARD = 4;
    private static final int ZERO = 6;

    private final SocketChannel channel;
    private final DataInputStream input;

    private NbdClient(SocketChannel channel) {
        this.channel = channel;
        this.input = new DataInputStream(Channels.newInputStream(channel));
    }

    /** Connects to an export; fails if there is none of that name. */
    static NbdClient connect(Path socket, String export) throws IOException {
        NbdClient client = new NbdClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        boolean ready = false;
        try {
            client.negotiate(export);
            ready = true;
            return client;
        } finally {
            if (!ready) {
                client.close();
            }
        }
    }

    byte[] read(long offset, int length) throws IOException {
        request(READ, offset, length, new byte[0]);
        byte[] data = new byte[length];
        input.readFully(data);
        return data;
    }

    void write(long offset, byte[] data) throws IOException {
        request(WRITE, offset, data.length, data);
    }

    void zero(long offset, int length) throws IOException {
        request(ZERO, offset, length, new byte[0]);
    }

    void discard(long offset, int length) throws IOException {
        request(DISCARD, offset, length, new byte[0]);
    }

    void flush() throws IOException {
        request(FLUSH, 0, 0, new byte[0]);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void negotiate(String export) throws IOException {
        input.readLong();
        input.readLong();
        input.readUnsignedShort();
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        ByteBuffer hello = ByteBuffer.allocate(4 + 16 + 4 + name.length + 2);
        // Fixed newstyle, no zeroes.
        hello.putInt(3);
        hello.putLong(OPTION_MAGIC).putInt(OPTION_GO).putInt(4 + name.length + 2);
        hello.putInt(name.length).put(name).putShort((short) 0);
        send(hello.flip());
        while (true) {
            input.readLong();
            input.readInt();
            int reply = input.readInt();
            input.readNBytes(input.readInt());
            if (reply == REPLY_ACKNOWLEDGED) {
                return;
            }
            if (reply < 0) {
                throw new EOFException("no export " + export);
            }
        }
    }

    /** A write whose first bytes are sent before something happens, and the rest after. */
    void writeInTwo(long offset, byte[] data, int first, Runnable between) throws IOException {
        ByteBuffer request = encode(WRITE, offset, data.length, data);
        send(request.slice(0, first));
        between.run();
        send(request.position(first));
        awaitSuccess();
    }

    private void request(int command, long offset, int length, byte[] data) throws IOException {
        send(encode(command, offset, length, data));
        awaitSuccess();
    }

    private static ByteBuffer encode(int command, long offset, int length, byte[] data) {
        ByteBuffer request = ByteBuffer.allocate(HEADER_BYTES + data.length);
        request.putInt(REQUEST_MAGIC).putShort((short) 0).putShort((short) command);
        return request.putLong(0).putLong(offset).putInt(length).put(data).flip();
    }

    private void awaitSuccess() throws IOException {
        input.readInt();
        int error = input.readInt();
        input.readLong();
        if (error != 0) {
            throw new IOException("NBD error " + error);
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
