package dev.tidemark.gateway.lease;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which instance a gateway is, over its restarts. Whoever has the lock on the file is the only one who lives under its name: the kernel
 * lets go of it when its holder dies, however it dies. So a gateway that comes back need not wait for the end of its own lease.
 */
public final class InstanceFile implements AutoCloseable {
    private static final int NAME_BYTES_MAX = 128;

    private final String instance;
    private final @Nullable FileChannel held;

    private InstanceFile(String instance, @Nullable FileChannel held) {
        this.instance = instance;
        this.held = held;
    }

    /** Takes the name in the file, made if there is none; another one if somebody lives under that. */
    public static InstanceFile at(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(
                file,
                Set.<OpenOption>of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean kept = false;
        try {
            if (lock(channel) == null) {
                return new InstanceFile(UUID.randomUUID().toString(), null);
            }
            InstanceFile own = new InstanceFile(read(channel), channel);
            kept = true;
            return own;
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(NAME_BYTES_MAX);
        int _ = channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        if (text.matches("[0-9a-f-]{36}")) {
            return text;
        }
        String fresh = UUID.randomUUID().toString();
        channel.truncate(0);
        int _ = channel.write(ByteBuffer.wrap((fresh + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        channel.force(true);
        return fresh;
    }

    /** The name. */
    public String instance() {
        return instance;
    }

    @Override
    public void close() throws IOException {
        if (held != null) {
            held.close();
        }
    }
}
