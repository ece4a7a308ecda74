package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code qemu-img} does for us. Images that are read are named by QEMU's JSON syntax with the driver spelled
 * out, so that nothing is probed and no character of a path has a meaning; those that are written are absolute paths, in which QEMU
 * looks for no protocol.
 */
final class QemuImage {
    private static final Duration SHORT_LIMIT = Duration.ofMinutes(2);
    private static final Duration NO_LIMIT = Duration.ofDays(365);
    private static final int CHECK_LEAKS = 3;
    private static final int COMPARE_DIFFERENT = 1;

    private final String program;
    private final CrashHook crash;

    QemuImage(String program) {
        this(program, CrashHook.NONE);
    }

    QemuImage(String program, CrashHook crash) {
        this.program = program;
        this.crash = crash;
    }

    /** Writes an empty qcow2 image into a file that exists and is empty (so that its permissions are ours, not the umask's). */
    void create(Path target, long virtualSize, Optional<String> backingFile, Optional<Compression> compression)
            throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = creation(target, virtualSize, backingFile, compression);
        // Not by what it says: that it makes the same image without compression tells what it cannot do.
        if (ended.exitCode() != 0
                && compression.isPresent()
                && creation(target, virtualSize, backingFile, Optional.empty()).exitCode() == 0) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED,
                    "this qemu-img makes no images with compression " + name(compression.get())
                            + " (QEMU 5.1 or newer, built with it, does): " + ended.complaint());
        }
        ended.requireSuccess("create " + target);
    }

    private ProgramRun.Ended creation(
            Path target, long virtualSize, Optional<String> backingFile, Optional<Compression> compression)
            throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("create", "-q", "-f", "qcow2"));
        compression.ifPresent(kind -> arguments.addAll(List.of("-o", "compression_type=" + name(kind))));
        // Always our own ../<ULID>/<disk>.qcow2, in which nothing needs QEMU's escaping.
        backingFile.ifPresent(backing -> arguments.addAll(List.of("-b", backing, "-F", "qcow2")));
        arguments.add(absolute(target));
        arguments.add(Long.toString(virtualSize));
        return run(arguments, SHORT_LIMIT, share -> {});
    }

    private static String name(Compression compression) {
        return compression.name().toLowerCase(Locale.ROOT);
    }

    /** Opens an image and closes it again: QEMU's lock tells if another process still writes to it. */
    void requireUnlocked(Path image) throws RepositoryException, InterruptedException {
        run(List.of("info", "--output=json", reading(image, false)), SHORT_LIMIT, share -> {})
                .requireSuccess("open " + image);
    }

    /** Looks for inconsistent metadata in one layer; empty if there are none. Leaked clusters lose room, not data. */
    Optional<String> check(Path image) throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = run(List.of("check", "--output=json", reading(image, true)), NO_LIMIT, share -> {});
        if (ended.exitCode() == 0 || ended.exitCode() == CHECK_LEAKS) {
            return Optional.empty();
        }
        return Optional.of("qemu-img check: " + ended.complaint());
    }

    /** Writes what the image and everything below it hold into one new image; {@code shareDone} goes from 0 to 1. */
    void convert(Path image, Path target, RestoreFormat format, boolean pastPageCache, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        List<String> arguments = List.of(
                "convert",
                "-p",
                "-t",
                // The second is what qemu-img takes if it is told nothing.
                pastPageCache ? "none" : "unsafe",
                "-O",
                format.name().toLowerCase(Locale.ROOT),
                reading(image, false),
                absolute(target));
        run(arguments, NO_LIMIT, shareDone).requireSuccess("write " + target);
    }

    /**
     * Writes into an image that was just created. If it has a backing file, what the upper image holds by itself, without those below
     * it, is written over what is there; else all that it and everything below it hold.
     */
    void fill(
            Path image,
            Path target,
            Optional<String> targetBacking,
            Optional<Compression> compression,
            DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("convert", "-p", "-n", "-O", "qcow2"));
        compression.ifPresent(kind -> arguments.add("-c"));
        targetBacking.ifPresentOrElse(
                backing -> arguments.addAll(List.of("-B", backing, "-F", "qcow2")),
                () -> arguments.add("--target-is-zero"));
        arguments.addAll(List.of(reading(image, false), absolute(target)));
        run(arguments, NO_LIMIT, shareDone).requireSuccess("write " + target);
    }

    /** Whether two images and what is below each hold the same. */
    boolean same(Path one, Path other, DoubleConsumer shareDone) throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended =
                run(List.of("compare", "-p", reading(one, false), reading(other, false)), NO_LIMIT, shareDone);
        if (ended.exitCode() != COMPARE_DIFFERENT) {
            ended.requireSuccess("compare " + one + " with " + other);
        }
        return ended.exitCode() == 0;
    }

    private ProgramRun.Ended run(List<String> arguments, Duration limit, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        List<String> command = new ArrayList<>(arguments);
        command.addFirst(program);
        try {
            crash.at(CrashPoint.BEFORE_QEMU_IMG);
            ProgramRun.Ended ended = new ProgramRun(command, limit, shareDone).toEnd();
            crash.at(CrashPoint.AFTER_QEMU_IMG);
            return ended;
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "cannot run qemu-img: " + fault.getMessage(), fault);
        }
    }

    /** How many bytes an image takes that holds what these layers, the top one first, hold together. */
    long bytesNeeded(List<Path> layers) throws RepositoryException, InterruptedException {
        List<String> command = List.of(program, "measure", "--output=json", "-O", "qcow2", opened(layers));
        try {
            ProgramRun.Ended ended = new ProgramRun(command, SHORT_LIMIT, share -> {}).toEnd();
            ended.requireSuccess("measure " + layers.getFirst());
            return Json.MAPPER.readTree(ended.output()).path("required").asLong();
        } catch (IOException | JacksonException fault) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "cannot measure with qemu-img: " + fault.getMessage(), fault);
        }
    }

    /**
     * Writes what these layers hold together over all that is at a place, zeros as well. {@code writtenThrough}: nothing counts as
     * written before it is durable.
     */
    void overwrite(List<Path> layers, String target, boolean writtenThrough, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        String cache = writtenThrough ? "writethrough" : "writeback";
        List<String> arguments = List.of("convert", "-p", "-n", "-t", cache, "-O", "raw", opened(layers), target);
        run(arguments, NO_LIMIT, shareDone).requireSuccess("write to it");
    }

    /** How many bytes can be had from a place. */
    long virtualSize(String place) throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = run(List.of("info", "--output=json", place), SHORT_LIMIT, share -> {});
        ended.requireSuccess("open it");
        try {
            return Json.MAPPER.readTree(ended.output()).path("virtual-size").asLong();
        } catch (JacksonException strange) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "qemu-img info says what is not JSON", strange);
        }
    }

    /** Why a place cannot be opened for writing; empty if it can. */
    Optional<String> unwritable(String place) throws RepositoryException, InterruptedException {
        List<String> command = List.of("qemu-io", "-c", "flush", place);
        try {
            ProgramRun.Ended ended = new ProgramRun(command, SHORT_LIMIT, share -> {}).toEnd();
            return ended.exitCode() == 0 ? Optional.empty() : Optional.of(ended.complaint());
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED, null, "cannot run qemu-io: " + fault.getMessage(), fault);
        }
    }

    /** Where an image on its own differs from what these layers hold together; empty if nowhere. */
    Optional<String> difference(Path image, List<Path> layers, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        return difference(opened(List.of(image)), layers, shareDone);
    }

    /** Where what is at a place differs from what these layers hold together; empty if nowhere. */
    Optional<String> difference(String place, List<Path> layers, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = run(List.of("compare", "-p", place, opened(layers)), NO_LIMIT, shareDone);
        if (ended.exitCode() == COMPARE_DIFFERENT) {
            return Optional.of(ended.lastLine());
        }
        ended.requireSuccess("compare it with " + layers.getFirst());
        return Optional.empty();
    }

    /** Whether everything that these layers hold together can be read. */
    boolean isReadable(List<Path> layers) throws RepositoryException, InterruptedException {
        String opened = opened(layers);
        return run(List.of("compare", opened, opened), NO_LIMIT, share -> {}).exitCode() == 0;
    }

    /** Told what lies below what, so that no name in an image is followed. */
    private static String opened(List<Path> layers) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        ObjectNode at = options;
        for (int index = 0; index < layers.size(); index++) {
            at.put("driver", "qcow2");
            at.putObject("file").put("driver", "file").put("filename", absolute(layers.get(index)));
            if (index < layers.size() - 1) {
                at = at.putObject("backing");
            } else {
                at.putNull("backing");
            }
        }
        return "json:" + options;
    }

    private static String reading(Path image, boolean withoutBacking) {
        ObjectNode options = Json.MAPPER.createObjectNode();
        options.put("driver", "qcow2");
        options.putObject("file").put("driver", "file").put("filename", absolute(image));
        if (withoutBacking) {
            options.putNull("backing");
        }
        return "json:" + options;
    }

    private static String absolute(Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not an absolute path: " + path);
        }
        return path.toString();
    }
}
