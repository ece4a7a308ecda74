package dev.tidemark.gateway.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The unix sockets of this host on which somebody listens, and which processes hold them: inodes from /proc/net/unix, then every
 * process's descriptors. All of them at once costs hardly more than one alone.
 */
final class ListeningSockets {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);
    private static final Path UNIX_SOCKETS = Path.of("/proc/net/unix");
    private static final Path PROCESSES = Path.of("/proc");
    private static final int FIELD_FLAGS = 3;
    private static final int FIELD_INODE = 6;
    private static final int FIELD_PATH = 7;
    /** __SO_ACCEPTCON (include/linux/net.h): the socket listens. */
    private static final long FLAG_LISTENING = 0x10000;

    /** How a descriptor of a socket reads: {@code socket:[inode]}. */
    private final Map<String, Set<String>> socketsByPath;

    private final Map<String, Set<Path>> processesBySocket;

    private ListeningSockets(Map<String, Set<String>> socketsByPath, Map<String, Set<Path>> processesBySocket) {
        this.socketsByPath = socketsByPath;
        this.processesBySocket = processesBySocket;
    }

    /**
     * Looks through all processes.
     *
     * @throws IOException if /proc cannot be read, or not in time: what was found so far would be a guess
     */
    static ListeningSockets look(Deadline deadline) throws IOException {
        Map<String, Set<String>> sockets = sockets();
        Map<String, Set<Path>> processes = new HashMap<>();
        sockets.values().forEach(ofPath -> ofPath.forEach(socket -> processes.put(socket, new HashSet<>())));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : all) {
                if (deadline.hasPassed()) {
                    throw new IOException("the processes of this host could not be looked through in time");
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted among the processes of this host");
                }
                addHeldBy(process, processes);
            }
        } catch (DirectoryIteratorException unreadable) {
            throw unreadable.getCause();
        }
        return new ListeningSockets(sockets, processes);
    }

    /** The one process with a descriptor for the one listener on this path; none where there are two of either. */
    Optional<Path> holder(SocketLocation location) {
        Set<String> sockets = new HashSet<>(socketsByPath.getOrDefault(asLatin1(location.real()), Set.of()));
        sockets.addAll(socketsByPath.getOrDefault(asLatin1(location.given()), Set.of()));
        if (sockets.size() != 1) {
            return Optional.empty();
        }
        Set<Path> processes = processesBySocket.getOrDefault(sockets.iterator().next(), Set.of());
        return processes.size() == 1 ? Optional.of(processes.iterator().next()) : Optional.empty();
    }

    private static Map<String, Set<String>> sockets() throws IOException {
        Map<String, Set<String>> sockets = new HashMap<>();
        try (BufferedReader lines = Files.newBufferedReader(UNIX_SOCKETS, StandardCharsets.ISO_8859_1)) {
            // The first line names the fields.
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.strip().split(" +", FIELD_PATH + 1);
                if (fields.length > FIELD_PATH && (Long.parseLong(fields[FIELD_FLAGS], 16) & FLAG_LISTENING) != 0) {
                    sockets.computeIfAbsent(fields[FIELD_PATH], path -> new HashSet<>())
                            .add("socket:[" + fields[FIELD_INODE] + "]");
                }
            }
        } catch (NumberFormatException unexpected) {
            throw new IOException("unexpected form of " + UNIX_SOCKETS, unexpected);
        }
        return sockets;
    }

    /** A path is bytes; read as Latin-1 every byte stays itself, valid UTF-8 or not. */
    private static String asLatin1(Path path) {
        return new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static void addHeldBy(Path process, Map<String, Set<Path>> processes) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                Set<Path> holders = processes.get(target(descriptor));
                if (holders != null) {
                    holders.add(process);
                }
            }
        } catch (IOException | DirectoryIteratorException goneOrForeign) {
            // One of thousands, and every time: nothing is concluded from a process that cannot be looked into.
            LOG.trace("{} is not looked into: {}", process, goneOrForeign.toString());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
