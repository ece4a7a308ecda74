package dev.tidemark.gateway.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which process listens on a socket: its inode in /proc/net/unix, then the one process with a descriptor for it.
 *
 * <p>Java's SO_PEERCRED gives user and group, not the pid. Best effort, bounded in time, and never a guess: two listeners
 * bound to one path, or two processes that hold the descriptor, give no answer.
 */
final class PeerProcessFinder {

    private static final Logger LOG = LoggerFactory.getLogger(PeerProcessFinder.class);
    private static final Duration TIME_MAX = Duration.ofSeconds(1);
    private static final int FIELD_FLAGS = 3;
    private static final int FIELD_INODE = 6;
    private static final int FIELD_PATH = 7;
    /** __SO_ACCEPTCON (include/linux/net.h): the socket listens. */
    private static final long FLAG_LISTENING = 0x10000;
    /** Field 22 of proc(5) stat, counted from the state, which is field 3 and the first after the name. */
    private static final int STAT_START_TIME = 22 - 3;

    private PeerProcessFinder() {}

    static Optional<PeerProcess> find(SocketLocation location) {
        Deadline deadline = Deadline.in(TIME_MAX);
        try {
            Set<String> inodes = listeningInodes(location);
            if (inodes.size() != 1) {
                LOG.debug("{} listening sockets are bound to {}", inodes.size(), location.real());
                return Optional.empty();
            }
            Optional<Path> process = holder("socket:[" + inodes.iterator().next() + "]", deadline);
            return process.isEmpty() ? Optional.empty() : Optional.of(describe(process.get()));
        } catch (IOException | UncheckedIOException | DirectoryIteratorException | NumberFormatException unreadable) {
            LOG.debug("the process behind {} cannot be found", location.real(), unreadable);
            return Optional.empty();
        }
    }

    private static Set<String> listeningInodes(SocketLocation location) throws IOException {
        Set<String> inodes = new HashSet<>();
        Set<String> paths = new HashSet<>(List.of(asLatin1(location.real()), asLatin1(location.given())));
        try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.strip().split(" +", FIELD_PATH + 1);
                if (fields.length > FIELD_PATH
                        && paths.contains(fields[FIELD_PATH])
                        && (Long.parseLong(fields[FIELD_FLAGS], 16) & FLAG_LISTENING) != 0) {
                    inodes.add(fields[FIELD_INODE]);
                }
            }
        }
        return inodes;
    }

    /** A path is bytes; read as Latin-1 every byte stays itself, valid UTF-8 or not. */
    private static String asLatin1(Path path) {
        return new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static Optional<Path> holder(String link, Deadline deadline) throws IOException {
        Path found = null;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (deadline.hasPassed()) {
                    return Optional.empty();
                }
                if (holds(process, link)) {
                    if (found != null) {
                        return Optional.empty();
                    }
                    found = process;
                }
            }
        }
        return Optional.ofNullable(found);
    }

    private static boolean holds(Path process, String link) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (link.equals(target(descriptor))) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException goneOrForeign) {
            return false;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static PeerProcess describe(Path process) throws IOException {
        String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The name in parentheses may itself contain spaces and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        if (fields.length <= STAT_START_TIME) {
            throw new IOException("unexpected form of " + process.resolve("stat"));
        }
        return new PeerProcess(
                Long.parseLong(process.getFileName().toString()),
                Long.parseLong(fields[STAT_START_TIME]),
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
    }
}
