package dev.tidemark.coordinator.stage;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A disk through QEMU's own NBD export, one request at a time. A client of our own, because a process for each of some
 * hundred thousand requests would cost more than all that is tested.
 */
public final class NbdDisk implements AutoCloseable {
    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int OPTION_GO = 7;
    private static final int REPLY_ACKNOWLEDGED = 1;
    private static final int REPLY_INFORMATION = 3;
    private static final short READ = 0;
    private static final short WRITE = 1;
    private static final short FLUSH = 3;
    private static final short TRIM = 4;
    private static final short WRITE_ZEROES = 6;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final DataInputStream answers;
    private final long size;
    private long handle;

    private NbdDisk(Path socket, String export) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            answers = new DataInputStream(Channels.newInputStream(channel));
            size = negotiate(export);
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    public static NbdDisk open(Path socket, String export) throws IOException {
        return new NbdDisk(socket, export);
    }

    private long negotiate(String export) throws IOException {
        answers.readLong();
        if (answers.readLong() != OPTION_MAGIC) {
            throw new IOException("not a newstyle NBD server");
        }
        answers.readShort();
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        ByteBuffer go = ByteBuffer.allocate(4 + 16 + 6 + name.length);
        go.putInt(3).putLong(OPTION_MAGIC).putInt(OPTION_GO).putInt(6 + name.length);
        go.putInt(name.length).put(name).putShort((short) 0);
        send(go.flip());
        long bytes = -1;
        while (true) {
            if (answers.readLong() != OPTION_REPLY_MAGIC) {
                throw new IOException("not an option's reply");
            }
            answers.readInt();
            int type = answers.readInt();
            byte[] data = new byte[answers.readInt()];
            answers.readFully(data);
            if (type == REPLY_ACKNOWLEDGED) {
                return bytes;
            }
            if (type != REPLY_INFORMATION) {
                throw new IOException("no export " + export + " (reply " + Integer.toHexString(type) + ")");
            }
            ByteBuffer information = ByteBuffer.wrap(data);
            if (information.getShort() == 0) {
                bytes = information.getLong();
            }
        }
    }

    public long size() {
        return size;
    }

    public void read(long offset, byte[] into) throws IOException {
        request(READ, offset, into.length, NOTHING);
        answers.readFully(into);
    }

    public void write(long offset, byte[] bytes) throws IOException {
        request(WRITE, offset, bytes.length, ByteBuffer.wrap(bytes));
    }

    public void zero(long offset, int length) throws IOException {
        request(WRITE_ZEROES, offset, length, NOTHING);
    }

    public void discard(long offset, int length) throws IOException {
        request(TRIM, offset, length, NOTHING);
    }

    /** Afterwards all that was written survives the death of QEMU. */
    public void flush() throws IOException {
        request(FLUSH, 0, 0, NOTHING);
    }

    private void request(short type, long offset, int length, ByteBuffer payload) throws IOException {
        long own = ++handle;
        ByteBuffer header = ByteBuffer.allocate(28);
        header.putInt(REQUEST_MAGIC).putShort((short) 0).putShort(type);
        header.putLong(own).putLong(offset).putInt(length);
        send(header.flip());
        send(payload);
        if (answers.readInt() != REPLY_MAGIC) {
            throw new IOException("not a simple NBD reply");
        }
        int error = answers.readInt();
        if (answers.readLong() != own) {
            throw new IOException("the reply of another request");
        }
        if (error != 0) {
            throw new EOFException("NBD request " + type + " at " + offset + " failed with error " + error);
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // Nothing more will be asked on it either way.
            return;
        }
    }
}
