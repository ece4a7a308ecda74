package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Whether what QEMU opened for writing is the file that we made for it. QEMU looks the path up a second time, and whoever can write to a
 * directory on it can have put a link there meanwhile. So the file is asked, not the path: QEMU locks what it opens, and the kernel tells
 * of one file, however anybody came to it, in whichever container QEMU runs.
 */
final class OpenedImage {
    /** The byte that QEMU locks of a file that it may write to: RAW_LOCK_PERM_BASE + log2(BLK_PERM_WRITE), block/file-posix.c. */
    private static final long WRITER_BYTE = 100 + 1;

    private OpenedImage() {}

    /** Refused unless somebody holds the file at that path for writing, and no name on the path is a link. */
    static void require(Path file) throws RepositoryException {
        try (Descriptor directory = Descriptor.ofDirectory(DurableFiles.parent(file))) {
            Path made = directory.path().resolve(file.getFileName());
            DurableFiles.regularFile(made);
            try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    FileLock free = channel.tryLock(WRITER_BYTE, 1, false)) {
                if (free != null) {
                    throw new RepositoryException(
                            FailureCode.TARGET_REFUSED,
                            "what QEMU opened is not the file " + file + ", which was made for it: somebody exchanges"
                                    + " directories there, or QEMU sees others under that path. Nothing was written to it");
                }
            }
        } catch (IOException fault) {
            throw new RepositoryException(
                    FailureCode.TARGET_REFUSED,
                    null,
                    "nobody can tell whether QEMU opened the file " + file + ", which was made for it: "
                            + FileFault.describe(fault),
                    fault);
        }
    }
}
