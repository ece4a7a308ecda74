package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.observe.DiskFile;
import dev.tidemark.gateway.watch.WatchedFile;
import dev.tidemark.schema.contract.ImageEvidence.Doubt;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The image files as the kernel of the host knows them: which file a name leads to, and who was done writing to it how often. */
final class PlayedFiles {
    private static final class File {
        private long closings;
    }

    private final Map<String, File> files = new HashMap<>();

    /** Somebody who had it open for writing closed it. */
    void closed(String name) {
        named(name).closings++;
    }

    /** The name leads to another file from now on. */
    void replaced(String name) {
        files.put(name, new File());
    }

    WatchedFile watch(DiskFile file) {
        return new Watched(file);
    }

    private File named(String name) {
        return files.computeIfAbsent(name, ignored -> new File());
    }

    /** Judges as production does of what the kernel tells it. */
    private final class Watched implements WatchedFile {
        private final DiskFile file;
        private final File watched;
        private long counted;
        private long before;

        Watched(DiskFile file) {
            this.file = file;
            this.watched = named(file.file());
            this.counted = watched.closings;
            this.before = counted;
        }

        @Override
        public DiskFile file() {
            return file;
        }

        @Override
        public boolean isWatched() {
            return true;
        }

        @Override
        public void count() {
            before = watched.closings;
        }

        @Override
        public void settle() {
            counted = before;
        }

        @Override
        public Optional<Doubt> doubtAboutRestart(Optional<Long> process) {
            return watched != named(file.file()) ? written() : doubtAbove(file.backing() ? 0 : 1);
        }

        @Override
        public Optional<Doubt> doubtAboutRun() {
            return doubtAbove(0);
        }

        @Override
        public void close() {
            // Nobody counts for nobody.
        }

        private Optional<Doubt> doubtAbove(long closings) {
            return before - counted > closings ? written() : Optional.empty();
        }

        private Optional<Doubt> written() {
            return Optional.of(new Doubt(true, file.file() + ": as played"));
        }
    }
}
