package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who uses a block device, as the kernel tells it: QEMU takes no lock on one. What cannot be seen (other users' processes, without the
 * right to) is not held against it.
 */
final class BlockDevice {
    private static final Logger LOG = LoggerFactory.getLogger(BlockDevice.class);
    private static final Path PROCESSES = Path.of("/proc");
    private static final Path KERNEL = Path.of("/sys/dev/block");
    private static final int ACCESS_MODE = 3;
    private static final int KIND_MASK = 0170000;
    private static final int BLOCK_DEVICE = 0060000;

    private BlockDevice() {}

    /** {@code major:minor}, as the kernel writes it. */
    static String number(Path device) {
        try {
            return Files.getAttribute(device, "unix:rdev") instanceof Long encoded
                    ? (((encoded >> 8) & 0xfff) | ((encoded >> 32) & ~0xfffL)) + ":"
                            + ((encoded & 0xff) | ((encoded >> 12) & ~0xffL))
                    : device.toString();
        } catch (IOException gone) {
            LOG.debug("{} tells no number", device, gone);
            return device.toString();
        }
    }

    static boolean isReadOnly(Path device) {
        return !Files.isWritable(device)
                || text(kernel(number(device)).resolve("ro")).strip().equals("1");
    }

    static boolean is(Path path) {
        try {
            return Files.getAttribute(path, "unix:mode") instanceof Integer mode && (mode & KIND_MASK) == BLOCK_DEVICE;
        } catch (IOException gone) {
            return false;
        }
    }

    /**
     * The numbers of all that has a byte in common with it: its own first, then those of its partitions, or that of the whole device
     * if it is a partition.
     */
    static List<String> family(Path device) {
        return family(number(device), KERNEL);
    }

    static List<String> family(String number, Path kernel) {
        List<String> numbers = new ArrayList<>(List.of(number));
        Path own = kernel.resolve(number);
        for (Path part : entries(own)) {
            if (Files.exists(part.resolve("partition"))) {
                numbers.add(text(part.resolve("dev")).strip());
            }
        }
        if (Files.exists(own.resolve("partition"))) {
            try {
                // Not by ".." in the text: what is in /sys/dev/block is a link.
                numbers.add(text(own.toRealPath().resolveSibling("dev")).strip());
            } catch (IOException gone) {
                LOG.debug("{} is a partition of nothing", number, gone);
            }
        }
        return List.copyOf(numbers);
    }

    /** What uses it, a part of it, or the device that it is a part of, in words; empty if nothing is seen to. */
    static Optional<String> user(Path device) {
        List<String> numbers = family(device);
        return numbers.stream()
                .flatMap(number -> held(number).stream())
                .findFirst()
                .or(() -> mounted(numbers))
                .or(() -> swapped(numbers))
                .or(() -> written(numbers));
    }

    private static Optional<String> held(String number) {
        return entries(kernel(number).resolve("holders")).stream()
                .findFirst()
                .map(holder -> "device " + holder.getFileName() + " stands on it");
    }

    private static Optional<String> mounted(List<String> numbers) {
        return mounted(text(Path.of("/proc/self/mountinfo")), numbers);
    }

    /** By the file system's number, and by its source: one of several devices has a number that is no device's. */
    static Optional<String> mounted(String mounts, List<String> numbers) {
        return mounts.lines()
                .map(line -> List.of(line.split(" ", -1)))
                .filter(fields -> fields.size() > 4
                        && (numbers.contains(fields.get(2))
                                || numbers.contains(
                                        numberOf(fields.get(Math.min(fields.indexOf("-") + 2, fields.size() - 1))))))
                .map(fields -> "it is mounted at " + fields.get(4))
                .findFirst();
    }

    private static Optional<String> swapped(List<String> numbers) {
        return swapped(text(Path.of("/proc/swaps")), numbers);
    }

    static Optional<String> swapped(String swaps, List<String> numbers) {
        return swaps.lines()
                .filter(line -> numbers.contains(numberOf(line.split("[ \t]", 2)[0])))
                .map(line -> "the host swaps to it")
                .findFirst();
    }

    /** Of the device that the kernel names; what is none has no number. */
    private static String numberOf(String name) {
        if (!name.startsWith("/")) {
            return "";
        }
        Path device = Path.of(name);
        return is(device) ? number(device) : "";
    }

    /** QEMU with it as a disk, above all. */
    static Optional<String> written(List<String> numbers) {
        for (Path process : entries(PROCESSES)) {
            String name = String.valueOf(process.getFileName());
            if (!name.chars().allMatch(Character::isDigit)) {
                continue;
            }
            for (Path descriptor : entries(process.resolve("fd"))) {
                if (leadsTo(descriptor, numbers) && isForWriting(process, descriptor)) {
                    return Optional.of("process " + name + " ("
                            + text(process.resolve("comm")).strip() + ") has it open for writing");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean leadsTo(Path descriptor, List<String> numbers) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("/dev/")
                    && is(descriptor)
                    && numbers.contains(number(descriptor));
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static boolean isForWriting(Path process, Path descriptor) {
        return text(process.resolve("fdinfo").resolve(String.valueOf(descriptor.getFileName())))
                .lines()
                .filter(line -> line.startsWith("flags:"))
                .map(line -> line.substring("flags:".length()).strip())
                .anyMatch(flags -> (Integer.parseInt(flags, 8) & ACCESS_MODE) != 0);
    }

    private static Path kernel(String number) {
        return KERNEL.resolve(number);
    }

    private static List<Path> entries(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException unseen) {
            LOG.trace("not seen: {}", directory, unseen);
        }
        return found;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException unseen) {
            return "";
        }
    }
}
