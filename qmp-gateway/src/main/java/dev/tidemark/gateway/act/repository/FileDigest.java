package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** A file as it was read once, from end to end: how long it was and its SHA-256 in lower-case hex. The memory is the buffer's. */
record FileDigest(long length, String sha256) {
    private static final int BUFFER_BYTES = 1024 * 1024;

    /** Reads the file; {@code bytesRead} is told each time how many bytes came. */
    static FileDigest of(Path path, LongConsumer bytesRead) throws IOException, InterruptedException {
        MessageDigest digest = sha256Digest();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long length = 0;
        try (FileChannel channel = DurableFiles.openForReading(path)) {
            for (int count = channel.read(buffer); count >= 0; count = channel.read(buffer.clear())) {
                digest.update(buffer.flip());
                length += count;
                bytesRead.accept(count);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while reading " + path);
                }
            }
        } catch (ClosedByInterruptException interrupted) {
            throw Interruption.of(interrupted);
        }
        return new FileDigest(length, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
