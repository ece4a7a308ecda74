package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;

/**
 * The SHA-256 of a disk's bytes at a place that is no file, read back from there: a device past the page cache, an NBD export by
 * {@code nbdcopy}. The memory is that of one piece.
 */
final class TargetDigest {
    private static final int PIECE_BYTES = 4 << 20;
    private static final int ALIGNMENT = 4096;

    private TargetDigest() {}

    static FileDigest of(Target place, long size, LongConsumer bytesRead)
            throws RepositoryException, InterruptedException {
        try {
            return place.device().isPresent()
                    ? ofDevice(place.device().get(), size, bytesRead)
                    : ofExport(place, size, bytesRead);
        } catch (ClosedByInterruptException interrupted) {
            throw Interruption.of(interrupted);
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.TARGET_UNAVAILABLE,
                    null,
                    place.address() + " cannot be read: " + FileFault.describe(fault),
                    fault);
        }
    }

    private static FileDigest ofDevice(Path device, long size, LongConsumer bytesRead)
            throws IOException, InterruptedException {
        MessageDigest digest = sha256();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES + ALIGNMENT).alignedSlice(ALIGNMENT);
        try (DurableFiles.Medium medium = DurableFiles.openHeld(device)) {
            long done = 0;
            while (done < size) {
                piece.clear().limit(PIECE_BYTES);
                int count = medium.channel().read(piece, done);
                if (count <= 0) {
                    throw new EOFException(device + " ends after " + done + " of " + size + " bytes");
                }
                int ours = (int) Math.min(count, size - done);
                digest.update(piece.flip().limit(ours));
                done += ours;
                bytesRead.accept(ours);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while reading " + device);
                }
            }
        }
        return new FileDigest(size, HexFormat.of().formatHex(digest.digest()));
    }

    /** Reading from a program heeds no interrupt, so it is done beside, and ends when the program is killed. */
    private static FileDigest ofExport(Target place, long size, LongConsumer bytesRead)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("nbdcopy", "--", place.uri(), "-");
        builder.environment().keySet().retainAll(Set.of("PATH"));
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process client = builder.start();
        FutureTask<FileDigest> reading = new FutureTask<>(() -> ofStream(client.getInputStream(), size, bytesRead));
        Thread beside = Thread.ofPlatform().daemon().name("target-digest").start(reading);
        try {
            return reading.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof IOException fault) {
                throw fault;
            }
            throw new IllegalStateException(failure.getCause());
        } finally {
            // What is behind the disk's end is not waited for.
            client.destroyForcibly();
            beside.join();
        }
    }

    private static FileDigest ofStream(InputStream stream, long size, LongConsumer bytesRead) throws IOException {
        MessageDigest digest = sha256();
        byte[] piece = new byte[PIECE_BYTES];
        long done = 0;
        while (done < size) {
            int count = stream.read(piece, 0, (int) Math.min(piece.length, size - done));
            if (count < 0) {
                throw new EOFException("nbdcopy ended after " + done + " of " + size + " bytes");
            }
            digest.update(piece, 0, count);
            done += count;
            bytesRead.accept(count);
        }
        return new FileDigest(size, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
