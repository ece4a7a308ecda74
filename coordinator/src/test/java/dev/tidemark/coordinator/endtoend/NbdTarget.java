package dev.tidemark.coordinator.endtoend;

import dev.tidemark.gateway.testkit.RequiredProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A real NBD server with one export that may be written, which held something else before. */
final class NbdTarget implements AutoCloseable {
    static final byte FORMER = (byte) 0x99;
    private static final AtomicInteger SERVERS = new AtomicInteger();

    private final Path socket;
    private final Path file;
    private final Process server;

    private NbdTarget(Path socket, Path file, Process server) {
        this.socket = socket;
        this.file = file;
        this.server = server;
    }

    /** Of so many bytes, full of {@link #FORMER}. */
    static NbdTarget of(Path directory, int bytes, String... options) {
        return of(directory, bytes, List.of("-f", "raw"), "", options);
    }

    /** That takes no more than this in a second. */
    static NbdTarget slow(Path directory, int bytes, int bytesPerSecond) {
        return of(
                directory,
                bytes,
                List.of("--object", "throttle-group,id=slow,x-bps-write=" + bytesPerSecond, "--image-opts"),
                "driver=throttle,throttle-group=slow,file.driver=file,file.filename=");
    }

    /** That says yes to everything and keeps nothing. */
    static NbdTarget forgetful(Path directory, int bytes) {
        return of(directory, bytes, List.of("--image-opts"), "driver=null-co,read-zeroes=on,size=" + bytes + " ");
    }

    private static NbdTarget of(Path directory, int bytes, List<String> form, String image, String... options) {
        int number = SERVERS.incrementAndGet();
        Path socket = directory.resolve("nbd" + number);
        Path file = directory.resolve("store" + number);
        try {
            byte[] former = new byte[bytes];
            Arrays.fill(former, FORMER);
            Files.write(file, former);
            List<String> command = new ArrayList<>(
                    List.of(RequiredProgram.QEMU_NBD.path(), "-t", "-e", "4", "-x", "disk", "-k", socket.toString()));
            command.addAll(List.of(options));
            command.addAll(form);
            command.add(image.endsWith(" ") ? image.strip() : image + file);
            Process server = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("said" + number).toFile())
                    .start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> Files.exists(socket) || !server.isAlive());
            return new NbdTarget(socket, file, server);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String address() {
        return "nbd+unix:///disk?socket=" + socket;
    }

    Path socket() {
        return socket;
    }

    byte[] content() {
        return Machine.bytes(file);
    }

    /** Behind everybody's back. */
    Path file() {
        return file;
    }

    @Override
    public void close() {
        stop();
    }

    /** As when its host goes down. */
    void stop() {
        server.destroyForcibly();
        try {
            server.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
