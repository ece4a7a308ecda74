package dev.tidemark.gateway.watch;

import dev.tidemark.gateway.observe.DiskFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The images of all machines of a gateway, each machine known by its socket, over the ends and starts of its QEMU. */
public final class ImageWatches implements AutoCloseable {
    private final FileWatch files = FileWatch.open();
    private final Map<Path, ImageWatch> machines = new ConcurrentHashMap<>();

    /** The watch of the machine at this socket; at most one session may use it. */
    public ImageWatch of(Path socket) {
        return machines.computeIfAbsent(socket, ignored -> new ImageWatch(this::begin));
    }

    private WatchedFile begin(DiskFile file, Optional<Long> process) {
        return LocalFile.begin(files, file, process);
    }

    @Override
    public void close() {
        files.close();
    }
}
