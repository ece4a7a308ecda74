package dev.tidemark.gateway.act.repository;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Room on the file system of a path. Asked by path: {@code FileStore} looks for the mount point first, and in a chroot or a
 * container that sees only a part of the mounts it finds none, although the file system answers.
 */
public final class FreeSpace {
    private FreeSpace() {}

    /** Bytes that can still be written. */
    public static long bytes(Path path) throws IOException {
        File file = path.toFile();
        if (file.getTotalSpace() == 0) {
            throw new IOException("the file system of " + path + " does not tell its size");
        }
        return file.getUsableSpace();
    }
}
