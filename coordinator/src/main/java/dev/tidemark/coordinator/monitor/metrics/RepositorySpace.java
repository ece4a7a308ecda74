package dev.tidemark.coordinator.monitor.metrics;

import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room this host's repositories have. Asked for on threads of its own: a file server that hangs keeps nobody waiting, and what
 * it said long ago is not said again.
 */
final class RepositorySpace {
    private static final Logger LOG = LoggerFactory.getLogger(RepositorySpace.class);
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final Duration STALE = Duration.ofMinutes(5);
    private static final long FIRST_WAIT_MILLISECONDS = 500;

    private final Map<RepositoryName, Path> repositories;
    private final Map<RepositoryName, Room> rooms = new ConcurrentHashMap<>();
    private final Map<RepositoryName, Thread> asking = new ConcurrentHashMap<>();

    /** What there was, and when. */
    record Room(long sizeBytes, long freeBytes, long atNanoseconds) {}

    RepositorySpace(Map<RepositoryName, Path> repositories) {
        this.repositories = Map.copyOf(repositories);
    }

    /** Of those that have answered within minutes. */
    synchronized Map<RepositoryName, Room> now() {
        long now = System.nanoTime();
        repositories.forEach((name, directory) -> {
            Room room = rooms.get(name);
            Thread asker = asking.get(name);
            if ((room == null || now - room.atNanoseconds() > FRESH.toNanos()) && (asker == null || !asker.isAlive())) {
                // A platform thread: asking a file system that hangs would hold a carrier of virtual ones.
                Thread started =
                        Thread.ofPlatform().daemon().name("space of " + name).start(() -> ask(name, directory));
                asking.put(name, started);
                awaitFirst(room == null, started);
            }
        });
        Map<RepositoryName, Room> known = new HashMap<>(rooms);
        known.values().removeIf(room -> now - room.atNanoseconds() > STALE.toNanos());
        return known;
    }

    private static void awaitFirst(boolean first, Thread asker) {
        try {
            if (first) {
                asker.join(FIRST_WAIT_MILLISECONDS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask(RepositoryName name, Path directory) {
        try {
            FileStore store = Files.getFileStore(directory);
            rooms.put(name, new Room(store.getTotalSpace(), store.getUsableSpace(), System.nanoTime()));
        } catch (IOException unknown) {
            // Not there yet, or not reachable: it has no figure, and whoever backs up there says why.
            LOG.debug("the room of repository {} is not known", name, unknown);
        }
    }
}
