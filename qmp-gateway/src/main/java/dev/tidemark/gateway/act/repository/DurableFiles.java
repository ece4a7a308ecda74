package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Files that are there after a power cut, for nobody else to read, and that are what they seem: no symlink is ever followed at the
 * last component, and nothing but regular files is opened (a fifo would block for ever).
 */
final class DurableFiles {
    /** No disk has larger blocks. */
    static final int BLOCK_BYTES_MAX = 4096;

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final Optional<OpenOption> DIRECT = direct();

    private DurableFiles() {}

    /** By its name: the compiler warns of whoever names it, because not every Java has it ({@code jdk.unsupported}). */
    private static Optional<OpenOption> direct() {
        try {
            Object[] options =
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants();
            return Arrays.stream(options == null ? new Object[0] : options)
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findFirst();
        } catch (ClassNotFoundException absent) {
            // Then every file is read through the page cache.
            return Optional.empty();
        }
    }

    /** Its attributes if anything has that name, a dangling symlink included. */
    static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** The attributes of a file that must be there and be a regular one. */
    static BasicFileAttributes regularFile(Path path) throws IOException {
        BasicFileAttributes attributes =
                attributes(path).orElseThrow(() -> new NoSuchFileException(path.toString(), null, "no such file"));
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(path.toString(), null, "is not a regular file but " + kind(attributes));
        }
        return attributes;
    }

    /** Whether a directory is there; anything else of that name is an error. */
    static boolean directoryExists(Path path) throws IOException {
        Optional<BasicFileAttributes> attributes = attributes(path);
        if (attributes.isPresent() && !attributes.get().isDirectory()) {
            throw new FileSystemException(path.toString(), null, "is not a directory but " + kind(attributes.get()));
        }
        return attributes.isPresent();
    }

    static FileChannel openForReading(Path path) throws IOException {
        regularFile(path);
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * A file opened for reading.
     *
     * @param alignment what places, lengths and addresses are to be multiples of, in bytes
     */
    record Medium(FileChannel channel, int alignment) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Past the page cache, so that the disk answers and nothing else is driven out of memory; through it where that cannot be. */
    static Medium openMedium(Path path) throws IOException {
        regularFile(path);
        return openDirectly(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** The same of what is held open, whose name is a link, and of what is no file: whoever asks has seen to what it is. */
    static Medium openHeld(Path path) throws IOException {
        return openDirectly(path, Set.of(StandardOpenOption.READ));
    }

    private static Medium openDirectly(Path path, Set<OpenOption> options) throws IOException {
        if (DIRECT.isEmpty()) {
            return new Medium(FileChannel.open(path, options), 1);
        }
        Set<OpenOption> direct = new HashSet<>(options);
        direct.add(DIRECT.get());
        try {
            int alignment = Math.toIntExact(Files.getFileStore(path).getBlockSize());
            return new Medium(FileChannel.open(path, direct), alignment);
        } catch (UnsupportedOperationException | ArithmeticException | IOException unable) {
            // What else may be wrong with the file is told by whoever opens it now.
            return new Medium(FileChannel.open(path, options), 1);
        }
    }

    /** Whether a file can be read and written past the page cache. */
    static boolean opensDirectly(Path path) throws IOException {
        try (Medium medium = openMedium(path)) {
            return medium.alignment() > 1;
        }
    }

    /** The same of a file that is held open. */
    static boolean opensDirectly(Descriptor held) throws IOException {
        try (Medium medium = openHeld(held.path())) {
            return medium.alignment() > 1;
        }
    }

    /** A whole small file; one that is longer is an error, before it is in memory. */
    static byte[] readSmall(Path path, int lengthMax) throws IOException {
        try (FileChannel channel = openForReading(path)) {
            long length = channel.size();
            if (length > lengthMax) {
                throw new FileSystemException(
                        path.toString(), null, "has " + length + " bytes, more than " + lengthMax);
            }
            ByteBuffer content = ByteBuffer.allocate((int) length);
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // Until it is full or the file has ended.
            }
            byte[] bytes = new byte[content.position()];
            content.flip().get(bytes);
            return bytes;
        }
    }

    /** Creates an empty file that only the owner can read; there must be nothing of that name. */
    static void createEmpty(Path path) throws IOException {
        Files.createFile(path, OWNER_ONLY_FILE);
    }

    /** Creates a directory that only the owner can enter, and makes its name durable. */
    static void createDirectory(Path path) throws IOException {
        Files.createDirectory(path, OWNER_ONLY_DIRECTORY);
        sync(parent(path));
    }

    /** Creates a directory and those above it, where they are not there, that only the owner can enter. */
    static void createDirectories(Path path) throws IOException {
        Files.createDirectories(path, OWNER_ONLY_DIRECTORY);
    }

    /** Writes a small file so that after a crash it has either its old content or all of the new one. */
    static void replace(Path path, byte[] content) throws IOException {
        Path beside = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(beside);
        createEmpty(beside);
        boolean replaced = false;
        try {
            writeAll(beside, content);
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
            replaced = true;
        } finally {
            if (!replaced) {
                Files.deleteIfExists(beside);
            }
        }
        sync(parent(path));
    }

    private static void writeAll(Path path, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
    }

    /** Makes a file's content, or a directory's names, survive a power cut. On Linux a read-only descriptor is enough for both. */
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            channel.force(true);
        }
    }

    /** The same of a file that is held open. */
    static void sync(Descriptor held) throws IOException {
        try (FileChannel channel = FileChannel.open(held.path(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static Path parent(Path path) {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("has no parent directory: " + path);
        }
        return parent;
    }

    static String kind(BasicFileAttributes attributes) {
        if (attributes.isSymbolicLink()) {
            return "a symbolic link";
        }
        if (attributes.isDirectory()) {
            return "a directory";
        }
        return attributes.isRegularFile() ? "a regular file" : "a device, fifo or socket";
    }
}
