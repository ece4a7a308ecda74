package dev.tidemark.gateway.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All files that one gateway watches. Nothing is lost between two questions: the kernel keeps what happened until it is read,
 * and if it could not keep everything it says so.
 */
final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final int PAUSE_MILLISECONDS = 500;

    /**
     * Those that only this host writes: ext, xfs, btrfs, tmpfs, ramfs, overlay, zfs, f2fs, bcachefs, jfs, reiserfs. Another
     * host's write to a shared one is told to nobody here.
     */
    private static final Set<Long> LOCAL_FILE_SYSTEMS = Set.of(
            0xEF53L,
            0x5846_5342L,
            0x9123_683EL,
            0x0102_1994L,
            0x8584_58F6L,
            0x794C_7630L,
            0x2FC1_2FC1L,
            0xF2F5_2010L,
            0xCA45_1A4EL,
            0x3153_464AL,
            0x5265_4973L);

    private final Map<Integer, List<Watched>> watched = new HashMap<>();
    private final @Nullable Inotify inotify;
    private volatile boolean closed;

    private FileWatch(@Nullable Inotify inotify) {
        this.inotify = inotify;
    }

    /** Opens it. Where the kernel or the runtime does not let us watch, every file counts as unwatched. */
    static FileWatch open() {
        Inotify inotify;
        try {
            inotify = Inotify.open();
        } catch (IOException | RuntimeException | LinkageError refused) {
            LOG.warn("no image can be watched, so that every restart of QEMU leads to a full backup", refused);
            return new FileWatch(null);
        }
        FileWatch watch = new FileWatch(inotify);
        Thread.ofPlatform().daemon().name("file-watch").start(watch::run);
        return watch;
    }

    /**
     * Begins to watch the file that a path leads to now; it stays that file, whatever becomes of the path.
     *
     * @param eachWrite whether writes count as well, and not only that the file was closed after it was open for writing
     */
    synchronized Watched watch(String path, boolean eachWrite) throws IOException {
        if (inotify == null || closed) {
            throw new IOException("this gateway cannot watch files");
        }
        if (!LOCAL_FILE_SYSTEMS.contains(inotify.fileSystem(path))) {
            throw new IOException("it is on a file system whose writers the kernel of this host may not see");
        }
        // What happened before is not this watcher's.
        settle();
        // Openings are asked for to keep two closings apart: the kernel makes one of two events that are alike.
        int mask = Inotify.OPEN | Inotify.CLOSE_WRITE | (eachWrite ? Inotify.MODIFY : 0);
        int number = inotify.watch(path, mask);
        Watched file = new Watched(this, number);
        watched.computeIfAbsent(number, ignored -> new ArrayList<>()).add(file);
        return file;
    }

    /** When it returns, everything that happened up to its call is counted. */
    synchronized void settle() {
        if (inotify == null || closed) {
            return;
        }
        try {
            inotify.read().forEach(this::count);
        } catch (IOException failure) {
            LOG.warn("what happened to watched files cannot be read", failure);
            watched.values().forEach(files -> files.forEach(Watched::lose));
        }
    }

    synchronized void forget(Watched file) {
        List<Watched> others = watched.get(file.number());
        if (others != null && others.remove(file) && others.isEmpty()) {
            watched.remove(file.number());
            if (inotify != null && !closed) {
                inotify.forget(file.number());
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            watched.values().forEach(files -> files.forEach(Watched::lose));
            if (inotify != null) {
                inotify.close();
            }
        }
    }

    private void count(Inotify.Event event) {
        if ((event.mask() & Inotify.QUEUE_OVERFLOW) != 0) {
            watched.values().forEach(files -> files.forEach(Watched::lose));
            return;
        }
        List<Watched> files = watched.getOrDefault(event.watch(), List.of());
        if ((event.mask() & (Inotify.IGNORED | Inotify.UNMOUNT)) != 0) {
            files.forEach(Watched::lose);
        }
        if ((event.mask() & Inotify.CLOSE_WRITE) != 0) {
            files.forEach(Watched::closedAfterWriting);
        }
        if ((event.mask() & Inotify.MODIFY) != 0) {
            files.forEach(Watched::written);
        }
    }

    /** Reads while nobody asks, so that the kernel's queue does not run over. */
    private void run() {
        Inotify own = inotify;
        while (own != null && !closed) {
            try {
                own.await(PAUSE_MILLISECONDS);
                settle();
            } catch (IOException failure) {
                LOG.warn("watched files are read only when somebody asks from now on", failure);
                return;
            }
        }
    }
}
