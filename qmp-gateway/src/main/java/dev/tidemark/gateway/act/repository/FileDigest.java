package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * A file as it was read once, from end to end: how long it was and its SHA-256 in lower-case hex. One piece is read while the one
 * before it is digested; the memory is that of two pieces.
 */
record FileDigest(long length, String sha256) {
    private static final int PIECE_BYTES = 4 << 20;
    private static final int PIECES = 2;

    /** Reads the file through the page cache; {@code bytesRead} is told each time how many bytes came. */
    static FileDigest of(Path path, LongConsumer bytesRead) throws IOException, InterruptedException {
        try (FileChannel channel = DurableFiles.openForReading(path)) {
            return of(path, channel, 1, bytesRead);
        }
    }

    /** Reads what is on the disk, and not what is in memory of it, where the file system can do that. */
    static FileDigest ofMedium(Path path, LongConsumer bytesRead) throws IOException, InterruptedException {
        try (DurableFiles.Medium medium = DurableFiles.openMedium(path)) {
            return of(path, medium.channel(), medium.alignment(), bytesRead);
        }
    }

    /** The same of a file that is held open, whatever has its name. */
    static FileDigest ofMedium(Descriptor held, LongConsumer bytesRead) throws IOException, InterruptedException {
        try (DurableFiles.Medium medium = DurableFiles.openHeld(held.path())) {
            return of(held.path(), medium.channel(), medium.alignment(), bytesRead);
        }
    }

    private static FileDigest of(Path path, FileChannel channel, int alignment, LongConsumer bytesRead)
            throws IOException, InterruptedException {
        MessageDigest digest = sha256Digest();
        int length = Math.ceilDiv(PIECE_BYTES, alignment) * alignment;
        ByteBuffer[] pieces = new ByteBuffer[PIECES];
        for (int index = 0; index < PIECES; index++) {
            pieces[index] = ByteBuffer.allocateDirect(length + alignment)
                    .alignedSlice(alignment)
                    .limit(length)
                    .slice();
        }
        try (ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("read-ahead").factory())) {
            boolean complete = false;
            try {
                long total = 0;
                Future<Integer> reading = thread.submit(() -> fill(channel, pieces[0], 0));
                for (int index = 1; ; index++) {
                    int count = reading.get();
                    ByteBuffer piece = pieces[(index - 1) % PIECES];
                    total += count;
                    // What is not full is the last: at an odd place the file could not be read from directly.
                    boolean isLast = count < length;
                    if (!isLast) {
                        ByteBuffer next = pieces[index % PIECES];
                        long at = total;
                        reading = thread.submit(() -> fill(channel, next, at));
                    }
                    digest.update(piece.flip());
                    bytesRead.accept(count);
                    if (Thread.interrupted()) {
                        throw new InterruptedException("interrupted while reading " + path);
                    }
                    if (isLast) {
                        complete = true;
                        return new FileDigest(total, HexFormat.of().formatHex(digest.digest()));
                    }
                }
            } catch (ExecutionException failure) {
                if (failure.getCause() instanceof IOException fault) {
                    throw fault;
                }
                throw new IllegalStateException("cannot digest " + path, failure.getCause());
            } finally {
                if (!complete) {
                    thread.shutdownNow();
                }
            }
        } catch (ClosedByInterruptException interrupted) {
            throw Interruption.of(interrupted);
        }
    }

    /** Gives how many bytes there were; less than the buffer holds only at the end of the file. */
    private static int fill(FileChannel channel, ByteBuffer piece, long at) throws IOException {
        piece.clear();
        while (piece.hasRemaining() && channel.read(piece, at + piece.position()) >= 0) {
            if (at + piece.position() >= channel.size()) {
                break;
            }
        }
        return piece.position();
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
