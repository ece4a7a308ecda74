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
import tools.jackson.databind.JsonNode;

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

    /**
     * For how long QEMU is to derive a key from what is in the key file, which is done again whenever a layer is opened. It slows down
     * whoever tries passwords; a key of 256 random bits needs none of it, and with QEMU's two seconds a chain of ten layers would take
     * twenty to be opened.
     */
    private static final int DERIVATION_MILLISECONDS = 1;

    /**
     * To find out how often to derive in that time, QEMU divides by the processor time of a first trial, and gives up if the system's
     * clock did not tick in it ("Unable to get accurate CPU usage"): QEMU 7.2 on a fast host every second time, after 20 ms.
     */
    private static final int CREATE_TRIES_MAX = 30;

    private final String program;
    private final CrashHook crash;

    QemuImage(String program) {
        this(program, CrashHook.NONE);
    }

    QemuImage(String program, CrashHook crash) {
        this.program = program;
        this.crash = crash;
    }

    /**
     * Writes an empty qcow2 image into a file that exists and is empty (so that its permissions are ours, not the umask's). It is best
     * told by the descriptor that holds it: then nobody can put another file, or a link, in its place, and a try that fails does not
     * remove it. What it is to stand on is not opened, only named: whoever asks has looked at it.
     */
    void create(KeyedImage target, long virtualSize, Optional<String> backingFile, Optional<Compression> compression)
            throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = creation(target, virtualSize, backingFile, compression);
        for (int tries = 1; ended.exitCode() != 0 && target.key().isPresent() && tries < CREATE_TRIES_MAX; tries++) {
            ended = creation(target, virtualSize, backingFile, compression);
        }
        // Not by what it says: that it makes the same image without compression tells what it cannot do.
        if (ended.exitCode() != 0
                && compression.isPresent()
                && creation(target, virtualSize, backingFile, Optional.empty()).exitCode() == 0) {
            throw new RepositoryException(
                    FailureCode.UNSUPPORTED,
                    "this qemu-img makes no images with compression " + name(compression.get())
                            + " (QEMU 5.1 or newer, built with it, does): " + ended.complaint());
        }
        ended.requireSuccess("create " + target.file());
    }

    private ProgramRun.Ended creation(
            KeyedImage target, long virtualSize, Optional<String> backingFile, Optional<Compression> compression)
            throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("create", "-q", "-f", "qcow2"));
        arguments.addAll(ImageArguments.secrets(List.of(target)));
        compression.ifPresent(kind -> arguments.addAll(List.of("-o", "compression_type=" + name(kind))));
        target.key()
                .ifPresent(key -> arguments.addAll(List.of(
                        "-o",
                        "encrypt.format=luks,encrypt.key-secret=" + ImageArguments.id(key) + ",encrypt.iter-time="
                                + DERIVATION_MILLISECONDS)));
        // Always our own ../<ULID>/<disk>.qcow2, in which nothing needs QEMU's escaping.
        backingFile.ifPresent(backing -> arguments.addAll(List.of("-u", "-b", backing, "-F", "qcow2")));
        arguments.add(ImageArguments.absolute(target.file()));
        arguments.add(Long.toString(virtualSize));
        return run(arguments, SHORT_LIMIT, share -> {});
    }

    private static String name(Compression compression) {
        return compression.name().toLowerCase(Locale.ROOT);
    }

    /** Opens an image and closes it again: QEMU's lock tells if another process still writes to it. It takes no key. */
    void requireUnlocked(Path image) throws RepositoryException, InterruptedException {
        run(
                        List.of("info", "--output=json", ImageArguments.followed(List.of(KeyedImage.plain(image)))),
                        SHORT_LIMIT,
                        share -> {})
                .requireSuccess("open " + image);
    }

    /** That this very key opens the image. */
    void requireOpens(KeyedImage image) throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("map", "--output=json", "--max-length=512"));
        arguments.addAll(ImageArguments.secrets(List.of(image)));
        arguments.add(ImageArguments.told(List.of(image)));
        run(arguments, SHORT_LIMIT, share -> {}).requireSuccess("open " + image.file() + " with its key");
    }

    /** Looks for inconsistent metadata in one layer; empty if there are none. Leaked clusters lose room, not data. */
    Optional<String> check(KeyedImage image) throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("check", "--output=json"));
        arguments.addAll(ImageArguments.secrets(List.of(image)));
        arguments.add(ImageArguments.told(List.of(image)));
        ProgramRun.Ended ended = run(arguments, NO_LIMIT, share -> {});
        if (ended.exitCode() == 0 || ended.exitCode() == CHECK_LEAKS) {
            return Optional.empty();
        }
        return Optional.of("qemu-img check: " + ended.complaint());
    }

    /**
     * Writes what the image and everything below it hold into one new image; {@code shareDone} goes from 0 to 1.
     *
     * @param layers the image's own first; what lies below is followed by the names in the images
     * @param target if it has a key it is there already, just created, and qcow2
     */
    void convert(
            List<KeyedImage> layers,
            KeyedImage target,
            RestoreFormat format,
            boolean pastPageCache,
            DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "convert",
                "-p",
                "-t",
                // The second is what qemu-img takes if it is told nothing.
                pastPageCache ? "none" : "unsafe",
                "-O",
                format.name().toLowerCase(Locale.ROOT)));
        List<KeyedImage> all = new ArrayList<>(layers);
        all.add(target);
        arguments.addAll(ImageArguments.secrets(all));
        if (target.key().isPresent()) {
            arguments.addAll(List.of("-n", "--target-is-zero"));
        }
        arguments.add(ImageArguments.followed(layers));
        arguments.add(ImageArguments.written(List.of(target)));
        run(arguments, NO_LIMIT, shareDone).requireSuccess("write " + target.file());
    }

    /**
     * Writes into an image that was just created. If it has a backing file, what the upper image holds by itself, without those below
     * it, is written over what is there; else all that it and everything below it hold.
     *
     * @param layers the image's own first, and what it stands on
     * @param target likewise
     */
    void fill(
            List<KeyedImage> layers,
            List<KeyedImage> target,
            Optional<String> targetBacking,
            Optional<Compression> compression,
            DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("convert", "-p", "-n", "-O", "qcow2"));
        List<KeyedImage> all = new ArrayList<>(layers);
        all.addAll(target);
        arguments.addAll(ImageArguments.secrets(all));
        compression.ifPresent(kind -> arguments.add("-c"));
        targetBacking.ifPresentOrElse(
                backing -> arguments.addAll(List.of("-B", backing, "-F", "qcow2")),
                () -> arguments.add("--target-is-zero"));
        arguments.addAll(List.of(ImageArguments.told(layers), ImageArguments.told(target)));
        run(arguments, NO_LIMIT, shareDone)
                .requireSuccess("write " + target.getFirst().file());
    }

    /** Whether two images and what is below each hold the same; names in the images of the second are followed. */
    boolean same(List<KeyedImage> one, List<KeyedImage> other, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended =
                compared(one, other, ImageArguments.told(one), ImageArguments.followed(other), NO_LIMIT, shareDone);
        if (ended.exitCode() != COMPARE_DIFFERENT) {
            ended.requireSuccess("compare " + one.getFirst().file() + " with "
                    + other.getFirst().file());
        }
        return ended.exitCode() == 0;
    }

    private ProgramRun.Ended compared(
            List<KeyedImage> one,
            List<KeyedImage> other,
            String opened,
            String otherOpened,
            Duration limit,
            DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        List<KeyedImage> all = new ArrayList<>(one);
        all.addAll(other);
        List<String> arguments = new ArrayList<>(List.of("compare", "-p"));
        arguments.addAll(ImageArguments.secrets(all));
        arguments.addAll(List.of(opened, otherOpened));
        return run(arguments, limit, shareDone);
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
    long bytesNeeded(List<KeyedImage> layers) throws RepositoryException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program, "measure", "--output=json", "-O", "qcow2"));
        command.addAll(ImageArguments.secrets(layers));
        command.add(ImageArguments.told(layers));
        try {
            ProgramRun.Ended ended = new ProgramRun(command, SHORT_LIMIT, share -> {}).toEnd();
            ended.requireSuccess("measure " + layers.getFirst().file());
            return number(ended.output(), "required");
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "cannot measure with qemu-img: " + fault.getMessage(), fault);
        }
    }

    /**
     * Writes what these layers hold together over all that is at a place, zeros as well. {@code writtenThrough}: nothing counts as
     * written before it is durable.
     */
    void overwrite(List<KeyedImage> layers, String target, boolean writtenThrough, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        String cache = writtenThrough ? "writethrough" : "writeback";
        List<String> arguments = new ArrayList<>(List.of("convert", "-p", "-n", "-t", cache, "-O", "raw"));
        arguments.addAll(ImageArguments.secrets(layers));
        arguments.addAll(List.of(ImageArguments.told(layers), target));
        run(arguments, NO_LIMIT, shareDone).requireSuccess("write to it");
    }

    /** How many bytes can be had from a place. */
    long virtualSize(String place) throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = run(List.of("info", "--output=json", place), SHORT_LIMIT, share -> {});
        ended.requireSuccess("open it");
        return number(ended.output(), "virtual-size");
    }

    /** A number of bytes out of what qemu-img says: there, whole and not negative, or else it said nothing. */
    private static long number(String output, String member) throws RepositoryException {
        JsonNode value;
        try {
            value = Json.MAPPER.readTree(output).path(member);
        } catch (JacksonException strange) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, null, "qemu-img says what is not JSON", strange);
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, "qemu-img says nothing that can be understood of '" + member + "'");
        }
        return value.longValue();
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
    Optional<String> difference(KeyedImage image, List<KeyedImage> layers, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        return difference(image.file(), ImageArguments.told(List.of(image)), List.of(image), layers, shareDone);
    }

    /** Where what is at a place differs from what these layers hold together; empty if nowhere. */
    Optional<String> difference(String place, List<KeyedImage> layers, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        return difference("it", place, List.of(), layers, shareDone);
    }

    private Optional<String> difference(
            Object named, String opened, List<KeyedImage> own, List<KeyedImage> layers, DoubleConsumer shareDone)
            throws RepositoryException, InterruptedException {
        ProgramRun.Ended ended = compared(own, layers, opened, ImageArguments.told(layers), NO_LIMIT, shareDone);
        if (ended.exitCode() == COMPARE_DIFFERENT) {
            return Optional.of(ended.lastLine());
        }
        ended.requireSuccess("compare " + named + " with " + layers.getFirst().file());
        return Optional.empty();
    }

    /** Whether everything that these layers hold together can be read. */
    boolean isReadable(List<KeyedImage> layers) throws RepositoryException, InterruptedException {
        String opened = ImageArguments.told(layers);
        return compared(layers, List.of(), opened, opened, NO_LIMIT, share -> {})
                        .exitCode()
                == 0;
    }
}
