package dev.tidemark.coordinator.endtoend;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A guest that writes without a pause, one block after the other, and notes how long it had to wait and what was refused. It
 * speaks NBD itself, so that no program's start is taken for a guest's wait.
 *
 * <p>Each request leaves in one piece, as from a real client: QEMU forgets the part of a request's header that it has read
 * when a transaction drains the node at that moment, takes the rest for a request, and hangs up (book of faults).
 */
final class NbdWriter implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int HEADER = 28;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final long OPTION_MAGIC = 0x49484156454F5054L;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Thread thread;
    private final Random dice = new Random(24);
    private final long blocks;
    private volatile boolean stopped;
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile long longestNanos;
    private volatile long refusedFirstNanos;
    private volatile long refusedLastNanos;

    NbdWriter(Path socket, String export, long bytes) {
        blocks = bytes / BLOCK;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            in = new DataInputStream(Channels.newInputStream(channel));
            out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), HEADER + BLOCK));
            negotiate(export);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        thread = Thread.ofPlatform().daemon().name("guest").start(this::run);
    }

    long writes() {
        return writes.get();
    }

    long refused() {
        return refused.get();
    }

    long longestMilliseconds() {
        return longestNanos / 1_000_000;
    }

    /** From the first refused write to the last. */
    long refusingMilliseconds() {
        return refused.get() == 0 ? 0 : (refusedLastNanos - refusedFirstNanos) / 1_000_000;
    }

    private void negotiate(String export) throws IOException {
        in.skipNBytes(16);
        in.readUnsignedShort();
        out.writeInt(3);
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        out.writeLong(OPTION_MAGIC);
        out.writeInt(1);
        out.writeInt(name.length);
        out.write(name);
        out.flush();
        in.readLong();
        in.readUnsignedShort();
    }

    private void run() {
        try {
            byte[] block = new byte[BLOCK];
            while (!stopped) {
                dice.nextBytes(block);
                long begin = System.nanoTime();
                boolean done = write(dice.nextLong(blocks) * BLOCK, block);
                long end = System.nanoTime();
                longestNanos = Math.max(longestNanos, end - begin);
                writes.incrementAndGet();
                if (!done) {
                    refusedFirstNanos = refused.get() == 0 ? end : refusedFirstNanos;
                    refusedLastNanos = end;
                    refused.incrementAndGet();
                }
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private boolean write(long offset, byte[] block) throws IOException {
        long handle = writes.get();
        out.writeInt(0x25609513);
        out.writeShort(0);
        out.writeShort(1);
        out.writeLong(handle);
        out.writeLong(offset);
        out.writeInt(block.length);
        out.write(block);
        out.flush();
        int magic = in.readInt();
        int error = in.readInt();
        long answered = in.readLong();
        if (magic != REPLY_MAGIC || answered != handle) {
            throw new IOException("this is no answer to request " + handle + ": " + answered + ", error " + error);
        }
        return error == 0;
    }

    /** No write is under way any more when this returns. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
