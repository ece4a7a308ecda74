package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code qemu-storage-daemon} that serves chains over NBD on a unix socket. It opens each layer read-only and is told what lies
 * below it, so that no name inside an image is followed, and nothing that a client does reaches a layer.
 *
 * <p>It dies with the thread that started it, however that ends ({@code setpriv --pdeathsig}). That leaves a moment, at its very
 * beginning, in which it could outlive it: it writes down which process it is, and whoever comes next ends it by that record.
 */
final class ExportDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(ExportDaemon.class);
    private static final String PROGRAM = "qemu-storage-daemon";
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration END_LIMIT = Duration.ofSeconds(1);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MILLISECONDS = 5;
    private static final int RECORD_LENGTH_MAX = 64;

    private final ProgramRun.Running process;

    private ExportDaemon(ProgramRun.Running process) {
        this.process = process;
    }

    /**
     * One disk to be served.
     *
     * @param layers the top one first
     * @param name under which clients find it
     * @param overlay an image that takes what clients write; empty if they may not write
     */
    record Part(List<KeyedImage> layers, String name, Optional<Path> overlay) {}

    /** Serves when this returns; {@code record} is where the daemon writes down its process. */
    static ExportDaemon start(List<Part> parts, Path socket, Path record)
            throws IOException, RepositoryException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", PROGRAM));
        command.addAll(List.of("--pidfile", record.toString(), "--nbd-server", server(socket)));
        command.addAll(ImageArguments.secrets(
                parts.stream().flatMap(part -> part.layers().stream()).toList()));
        for (int index = 0; index < parts.size(); index++) {
            Part part = parts.get(index);
            String node = blockdevs(command, part.layers(), index);
            if (part.overlay().isPresent()) {
                String below = node;
                node = "disk" + index + "-written";
                ObjectNode options = qcow2(node, KeyedImage.plain(part.overlay().get()), Optional.of(below), false);
                command.addAll(List.of("--blockdev", options.toString()));
            }
            command.addAll(List.of("--export", export(index, node, part)));
        }
        ProgramRun.Running process = new ProgramRun(command, Duration.ofDays(365), share -> {}).start();
        boolean begun = false;
        try {
            awaitBegin(process, record);
            // Others are kept out by the directory; this says it of the socket, too.
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            begun = true;
            return new ExportDaemon(process);
        } finally {
            if (!begun) {
                process.close();
            }
        }
    }

    /** The daemon writes its record once everything that it was told on its command line is done. */
    private static void awaitBegin(ProgramRun.Running process, Path record)
            throws IOException, RepositoryException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.exists(record) || Files.size(record) == 0) {
            Optional<ProgramRun.Ended> ended = process.ended(LOOK_EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
            if (ended.isPresent()) {
                throw failure(ended.get());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new RepositoryException(
                        FailureCode.REPOSITORY_FAILED,
                        PROGRAM + " did not serve within " + START_LIMIT.toSeconds() + " s");
            }
        }
    }

    /** Waits until it has ended, and gives why. */
    RepositoryException awaitFailure() throws InterruptedException {
        return failure(process.awaitEnd());
    }

    boolean isRunning() {
        return process.isRunning();
    }

    void onEnd(Runnable listener) {
        process.onEnd(listener);
    }

    /** Lets it write down what it still holds in memory. */
    void end() {
        process.end(END_LIMIT);
    }

    void kill() {
        process.close();
    }

    /** Ends what an earlier life of this program has left running, if its record says so and the process is still the same. */
    static void endLeft(Path record) throws IOException, RepositoryException, InterruptedException {
        Optional<ProcessHandle> left = recorded(record);
        if (left.isEmpty()) {
            return;
        }
        LOG.warn(
                "process {} still serves an export that was left: it is ended",
                left.get().pid());
        left.get().destroyForcibly();
        try {
            left.get().onExit().get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stays) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED,
                    null,
                    "process " + left.get().pid() + " still serves an export that was left, and does not end",
                    stays);
        }
    }

    /** A number alone names another process one day; its command line, with our path in it, does not. */
    private static Optional<ProcessHandle> recorded(Path record) throws IOException {
        try {
            String number = new String(DurableFiles.readSmall(record, RECORD_LENGTH_MAX), StandardCharsets.US_ASCII);
            long process = Long.parseLong(number.strip());
            byte[] words = Files.readAllBytes(Path.of("/proc", Long.toString(process), "cmdline"));
            boolean ours = List.of(new String(words, StandardCharsets.UTF_8).split("\0", -1))
                    .contains(record.toString());
            return ours ? ProcessHandle.of(process) : Optional.empty();
        } catch (NoSuchFileException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    private static RepositoryException failure(ProgramRun.Ended ended) {
        return new RepositoryException(FailureCode.REPOSITORY_FAILED, PROGRAM + " has ended: " + ended.complaint());
    }

    private static String server(Path socket) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.putObject("addr").put("type", "unix").put("path", socket.toString());
        return options.toString();
    }

    /** From the bottom to the top, because each names the one below it; gives the name of the top one. */
    private static String blockdevs(List<String> command, List<KeyedImage> layers, int index) {
        Optional<String> below = Optional.empty();
        String node = "";
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            node = "disk" + index + "-layer" + layer;
            ObjectNode options = qcow2(node, layers.get(layer), below, true);
            command.addAll(List.of("--blockdev", options.toString()));
            below = Optional.of(node);
        }
        return node;
    }

    private static ObjectNode qcow2(String node, KeyedImage image, Optional<String> below, boolean isReadOnly) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.put("driver", "qcow2").put("node-name", node).put("read-only", isReadOnly);
        ImageArguments.encrypt(options, image.key());
        options.putObject("file")
                .put("driver", "file")
                .put("filename", image.file().toString())
                .put("read-only", isReadOnly);
        below.ifPresentOrElse(name -> options.put("backing", name), () -> options.putNull("backing"));
        return options;
    }

    private static String export(int index, String node, Part part) {
        return Json.MAPPER
                .createObjectNode()
                .put("type", "nbd")
                .put("id", "disk" + index)
                .put("node-name", node)
                .put("name", part.name())
                .put("writable", part.overlay().isPresent())
                .toString();
    }
}
