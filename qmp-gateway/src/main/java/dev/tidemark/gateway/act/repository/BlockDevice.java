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
    private static final int ACCESS_MODE = 3;

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

    /** What uses it or a part of it, in words; empty if nothing is seen to. */
    static Optional<String> user(Path device) {
        List<String> numbers = new ArrayList<>(List.of(number(device)));
        for (Path part : entries(kernel(numbers.getFirst()))) {
            if (Files.exists(part.resolve("partition"))) {
                numbers.add(text(part.resolve("dev")).strip());
            }
        }
        return numbers.stream()
                .flatMap(number -> held(number).or(() -> mounted(number)).stream())
                .findFirst()
                .or(() -> swapped(device))
                .or(() -> written(numbers));
    }

    private static Optional<String> held(String number) {
        return entries(kernel(number).resolve("holders")).stream()
                .findFirst()
                .map(holder -> "device " + holder.getFileName() + " stands on it");
    }

    private static Optional<String> mounted(String number) {
        return text(Path.of("/proc/self/mountinfo"))
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > 4 && fields[2].equals(number))
                .map(fields -> "it is mounted at " + fields[4])
                .findFirst();
    }

    private static Optional<String> swapped(Path device) {
        return text(Path.of("/proc/swaps"))
                .lines()
                .filter(line -> line.startsWith(device + " "))
                .map(line -> "the host swaps to it")
                .findFirst();
    }

    /** QEMU with it as a disk, above all. */
    private static Optional<String> written(List<String> numbers) {
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
        return Path.of("/sys/dev/block", number);
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
