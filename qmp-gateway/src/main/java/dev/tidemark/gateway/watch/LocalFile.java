package dev.tidemark.gateway.watch;

import dev.tidemark.gateway.observe.DiskFile;
import dev.tidemark.schema.contract.ImageEvidence.Doubt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One that the kernel of this host watches. QEMU 7.2 opens an image for writing once, when it starts, and closes it once, when
 * it ends: so between two runs one such closing is its own, and each more is somebody else's. A backing file is closed so by
 * nobody and never changes.
 */
final class LocalFile implements WatchedFile {
    private static final String LOCAL_FILE = "file";

    private final DiskFile file;
    private final @Nullable OpenFile open;
    private final @Nullable Watched watched;
    private final String unwatchable;
    private final Stamp stamp;
    private Watched.Count counted = new Watched.Count(0, 0, false);
    private Watched.Count before = counted;

    private record Stamp(Object size, Object modified) {
        static final Stamp NONE = new Stamp("", "");

        static Stamp of(Path file) throws IOException {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:size,lastModifiedTime");
            return new Stamp(
                    String.valueOf(attributes.get("size")), String.valueOf(attributes.get("lastModifiedTime")));
        }
    }

    private LocalFile(
            DiskFile file, @Nullable OpenFile open, @Nullable Watched watched, String unwatchable, Stamp stamp) {
        this.file = file;
        this.open = open;
        this.watched = watched;
        this.unwatchable = unwatchable;
        this.stamp = stamp;
    }

    /** Begins to watch, or remembers why it cannot. */
    static LocalFile begin(FileWatch watch, DiskFile file, Optional<Long> process) {
        if (!file.driver().equals(LOCAL_FILE)) {
            return unwatchable(file, "QEMU reaches it through '" + file.driver() + "', not as a local file");
        }
        if (process.isEmpty()) {
            return unwatchable(file, "the process of QEMU cannot be seen");
        }
        Watched watched = null;
        try {
            OpenFile open = OpenFile.of(process.get(), file.file());
            watched = watch.watch(open.descriptor().toString(), file.backing());
            Stamp stamp = file.backing() ? Stamp.of(open.descriptor()) : Stamp.NONE;
            if (!open.isStillOpen()) {
                throw new IOException("QEMU closed it meanwhile");
            }
            LocalFile begun = new LocalFile(file, open, watched, "", stamp);
            watched = null;
            return begun;
        } catch (IOException | RuntimeException refused) {
            return unwatchable(file, String.valueOf(refused.getMessage()));
        } finally {
            if (watched != null) {
                watched.close();
            }
        }
    }

    private static LocalFile unwatchable(DiskFile file, String why) {
        return new LocalFile(file, null, null, why, Stamp.NONE);
    }

    @Override
    public DiskFile file() {
        return file;
    }

    @Override
    public boolean isWatched() {
        return watched != null && !before.lost();
    }

    @Override
    public void count() {
        if (watched != null) {
            before = watched.count();
        }
    }

    @Override
    public void settle() {
        counted = before;
    }

    @Override
    public Optional<Doubt> doubtAboutRestart(Optional<Long> process) {
        if (open == null || watched == null) {
            return unwatched(unwatchable);
        }
        try {
            if (process.isEmpty()
                    || !OpenFile.of(process.get(), file.file()).identity().equals(open.identity())) {
                return written("another file was put in its place");
            }
        } catch (IOException unknown) {
            return unwatched(String.valueOf(unknown.getMessage()));
        }
        if (before.lost()) {
            return unwatched("it was removed, or more happened than the kernel keeps");
        }
        if (closings() > (file.backing() ? 0 : 1)) {
            return written(
                    "between two runs of QEMU it was open for writing by somebody else, or by a run that was never seen");
        }
        return doubtAboutBacking();
    }

    @Override
    public Optional<Doubt> doubtAboutRun() {
        if (open == null || before.lost()) {
            return Optional.empty();
        }
        if (closings() > 0) {
            return written("somebody else had it open for writing while QEMU ran");
        }
        return doubtAboutBacking();
    }

    @Override
    public void close() {
        if (watched != null) {
            watched.close();
        }
    }

    private Optional<Doubt> doubtAboutBacking() {
        if (!file.backing() || open == null) {
            return Optional.empty();
        }
        if (before.writes() > counted.writes()) {
            return written("a layer below was written");
        }
        try {
            return Stamp.of(Path.of(file.file())).equals(stamp)
                    ? Optional.empty()
                    : written("a layer below is not what it was");
        } catch (IOException gone) {
            return unwatched(String.valueOf(gone.getMessage()));
        }
    }

    private long closings() {
        return before.closings() - counted.closings();
    }

    private Optional<Doubt> written(String what) {
        return Optional.of(new Doubt(true, file.file() + ": " + what));
    }

    private Optional<Doubt> unwatched(String why) {
        return Optional.of(
                new Doubt(false, "QEMU was restarted, and nobody watched " + file.file() + " in between: " + why));
    }
}
