package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One owner per socket. In this process by a set of real paths; between processes by a lock on a file, which the kernel
 * lets go when its holder dies, however it dies.
 *
 * <p>The set is asked first, and not only for speed: POSIX locks belong to the process, so that opening and closing the
 * lock file a second time would drop the lock of the first. Lock files are never deleted: a deleted one could be locked
 * by one process while another locks its successor.
 */
final class SocketOwnership implements AutoCloseable {

    private static final Set<Path> OWNED_HERE = ConcurrentHashMap.newKeySet();
    private static final int OWNER_BYTES_MAX = 64;

    private final Path realPath;
    private final FileChannel file;
    private boolean released;

    private SocketOwnership(Path realPath, FileChannel file) {
        this.realPath = realPath;
        this.file = file;
    }

    static SocketOwnership acquire(Path realPath, Path lockDirectory) throws QmpUnavailable {
        if (!OWNED_HERE.add(realPath)) {
            throw new QmpUnavailable(
                    Reason.OWNED_BY_ANOTHER, realPath + " is owned by another session of this process");
        }
        SocketOwnership ownership = null;
        try {
            ownership = new SocketOwnership(realPath, lock(realPath, lockDirectory));
            return ownership;
        } catch (IOException failure) {
            throw new QmpUnavailable(
                    Reason.LOCK_UNUSABLE,
                    "no lock can be taken in " + lockDirectory + ": "
                            + failure.getClass().getSimpleName() + ": " + failure.getMessage());
        } finally {
            if (ownership == null) {
                OWNED_HERE.remove(realPath);
            }
        }
    }

    static Path lockFile(Path realPath, Path lockDirectory) {
        return lockDirectory.resolve("qmp-" + hash(realPath) + ".lock");
    }

    @Override
    public synchronized void close() {
        if (released) {
            return;
        }
        released = true;
        try {
            file.close();
        } catch (IOException alreadyBroken) {
            // The descriptor is gone after every error of close(2), and the lock with it.
        } finally {
            OWNED_HERE.remove(realPath);
        }
    }

    private static FileChannel lock(Path realPath, Path lockDirectory) throws IOException, QmpUnavailable {
        Files.createDirectories(lockDirectory);
        FileChannel file = FileChannel.open(
                lockFile(realPath, lockDirectory),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            @Nullable FileLock lock = file.tryLock();
            if (lock == null) {
                throw new QmpUnavailable(
                        Reason.OWNED_BY_ANOTHER, realPath + " is owned by another process" + owner(file));
            }
            // For people only: the lock is what counts, and the number may be out of date.
            file.truncate(0);
            file.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            locked = true;
            return file;
        } finally {
            if (!locked) {
                file.close();
            }
        }
    }

    private static String owner(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(OWNER_BYTES_MAX);
        file.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return text.matches("[0-9]+") ? ", pid " + text : "";
    }

    private static String hash(Path realPath) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(realPath.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
