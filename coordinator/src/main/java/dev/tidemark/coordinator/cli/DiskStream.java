package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A disk that is served over NBD, from its first byte to its last into a stream. {@code nbdcopy} reads it and this process hands it on:
 * where standard output is a file, nbdcopy itself would write from the file's beginning, over whatever stands there. Bytes are counted,
 * because a stream that ends early looks like one that ends.
 */
final class DiskStream implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int COMPLAINT_BYTES_MAX = 2000;
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration LAST_WORDS_TIME_MAX = Duration.ofSeconds(5);

    private final Process client;
    private final OutputStream to;
    private final long size;
    private final AtomicLong handedOn = new AtomicLong();
    private volatile String complaint = "";
    private volatile @Nullable IOException fault;

    private DiskStream(Process client, OutputStream to, long size) {
        this.client = client;
        this.to = to;
        this.size = size;
    }

    /** Begins to read; to be closed by the caller, which kills the client if it still runs. */
    static DiskStream of(String uri, long size, OutputStream to) {
        ProcessBuilder builder = new ProcessBuilder("nbdcopy", "--", uri, "-");
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        try {
            return new DiskStream(builder.start(), to, size);
        } catch (IOException absent) {
            throw failure(
                    "NBDCOPY_MISSING",
                    "nbdcopy cannot be run: " + absent.getMessage(),
                    "install it (Debian: libnbd-bin)");
        }
    }

    /** Returns when every byte was taken. */
    void toEnd(LongConsumer progress) throws InterruptedException {
        // Reading and writing heed no interrupt; they end when the client does, or with this process.
        Thread handing = Thread.ofPlatform().daemon().name("disk-stream").start(this::handOn);
        Thread listening = Thread.ofPlatform().daemon().name("nbdcopy-errors").start(this::listen);
        while (!handing.join(LOOK_EVERY)) {
            progress.accept(handedOn.get());
        }
        IOException unwritten = fault;
        if (unwritten != null) {
            throw failure(
                    "STREAM_CUT",
                    "standard output took " + handedOn.get() + " of " + size + " bytes: " + unwritten.getMessage(),
                    "What was written is not the disk: throw it away.");
        }
        int exitCode = client.waitFor();
        listening.join(LAST_WORDS_TIME_MAX);
        if (exitCode != 0 || handedOn.get() != size) {
            throw failure(
                    "STREAM_CUT",
                    "the stream was cut after " + handedOn.get() + " of " + size + " bytes: nbdcopy ended with "
                            + exitCode + " " + complaint.strip(),
                    "What was written is not the disk: throw it away.");
        }
    }

    private void handOn() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream from = client.getInputStream()) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                try {
                    to.write(buffer, 0, count);
                } catch (IOException gone) {
                    fault = gone;
                    client.destroyForcibly();
                    return;
                }
                handedOn.addAndGet(count);
            }
            to.flush();
        } catch (IOException closed) {
            // The client's exit code and the count tell more.
            return;
        }
    }

    private void listen() {
        try (InputStream errors = client.getErrorStream()) {
            complaint = new String(errors.readNBytes(COMPLAINT_BYTES_MAX), StandardCharsets.UTF_8);
            errors.transferTo(OutputStream.nullOutputStream());
        } catch (IOException closed) {
            complaint = String.valueOf(closed.getMessage());
        }
    }

    private static Failure failure(String code, String detail, String remedy) {
        return Failure.local(ExitCode.FAILED, code, detail, remedy);
    }

    @Override
    public void close() {
        client.destroyForcibly();
    }
}
