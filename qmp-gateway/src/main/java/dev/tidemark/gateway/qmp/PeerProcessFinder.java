package dev.tidemark.gateway.qmp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which process listens on a socket, as /proc tells it.
 *
 * <p>Java's SO_PEERCRED gives user and group, not the pid. Best effort, bounded in time, and never a guess: two listeners
 * bound to one path, or two processes that hold the descriptor, give no answer. A gateway that begins with hundreds of machines
 * asks hundreds of times at once: each time through all processes would take it longer than everything else together.
 */
final class PeerProcessFinder {

    private static final Logger LOG = LoggerFactory.getLogger(PeerProcessFinder.class);

    /** Tens of milliseconds on a host with a thousand processes; it is the same for all machines. */
    private static final Duration LOOK_TIME_MAX = Duration.ofSeconds(5);

    private static final SharedLook<ListeningSockets> SOCKETS =
            new SharedLook<>(() -> ListeningSockets.look(Deadline.in(LOOK_TIME_MAX)));

    /** Field 22 of proc(5) stat, counted from the state, which is field 3 and the first after the name. */
    private static final int STAT_START_TIME = 22 - 3;

    private PeerProcessFinder() {}

    static Optional<PeerProcess> find(SocketLocation location) {
        try {
            Optional<Path> process = SOCKETS.now().holder(location);
            return process.isEmpty() ? Optional.empty() : Optional.of(describe(process.get()));
        } catch (IOException | NumberFormatException unreadable) {
            LOG.debug("the process behind {} cannot be found", location.real(), unreadable);
            return Optional.empty();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Optional.empty();
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
