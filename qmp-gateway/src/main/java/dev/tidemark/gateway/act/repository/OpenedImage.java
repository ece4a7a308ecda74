package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.FailureCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Whether what QEMU opened for writing is the file that we made for it, or the device that was looked at. QEMU looks the path up a second
 * time, and whoever can write to a directory on it can have put a link there meanwhile. So the file is asked, not the path: QEMU locks
 * what it opens, and the kernel tells of one file, however anybody came to it, in whichever container QEMU runs.
 */
final class OpenedImage {
    /**
     * The byte that QEMU locks of a file whose size nobody else may change: RAW_LOCK_SHARED_BASE + log2(BLK_PERM_RESIZE),
     * block/file-posix.c. Every format node asks for that, also one that has no user yet.
     */
    private static final long SIZE_BYTE = 200 + 3;

    private OpenedImage() {}

    /** Refused unless the file at that path is the one that was made, somebody has it open, and no name on the path is a link. */
    static void require(Path file, Object identity) throws RepositoryException {
        String what = "the file " + file + ", which was made for it";
        try (Descriptor directory = Descriptor.ofDirectory(DurableFiles.parent(file))) {
            try (Descriptor named = directory.file(String.valueOf(file.getFileName()))) {
                if (!MadeFiles.identity(named).equals(identity)) {
                    throw refused(what);
                }
                try (FileChannel channel = FileChannel.open(named.path(), StandardOpenOption.WRITE)) {
                    requireLocked(channel, what);
                }
            } catch (IOException fault) {
                throw unknown(what, fault).spoken(directory, DurableFiles.parent(file));
            }
        } catch (IOException fault) {
            throw unknown(what, fault);
        }
    }

    /** The same of a device that is held; of a server there is nothing to be asked. */
    static void require(Target held) throws RepositoryException {
        if (held.device().isEmpty()) {
            return;
        }
        String what = held.address() + ", as it was when the copy began";
        try (FileChannel channel = FileChannel.open(held.device().get(), StandardOpenOption.WRITE)) {
            requireLocked(channel, what);
        } catch (IOException fault) {
            throw unknown(what, fault);
        }
    }

    private static void requireLocked(FileChannel channel, String what) throws IOException, RepositoryException {
        try (FileLock free = channel.tryLock(SIZE_BYTE, 1, false)) {
            if (free != null) {
                throw refused(what);
            }
        }
    }

    private static RepositoryException refused(String what) {
        return new RepositoryException(
                FailureCode.TARGET_REFUSED,
                "what QEMU opened is not " + what
                        + ": somebody exchanges names there, or QEMU sees others under that path."
                        + " Nothing was written to it");
    }

    private static RepositoryException unknown(String what, IOException fault) {
        return new RepositoryException(
                FailureCode.TARGET_REFUSED,
                null,
                "nobody can tell whether QEMU opened " + what + ": " + FileFault.describe(fault),
                fault);
    }
}
