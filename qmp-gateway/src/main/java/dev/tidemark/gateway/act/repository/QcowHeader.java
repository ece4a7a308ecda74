package dev.tidemark.gateway.act.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * What a qcow2 file says of itself (QEMU's docs/interop/qcow2.txt). It is read here, and not by {@code qemu-img info}, because a
 * tool of QEMU opens what the header names before we could refuse it: an external data file can be any path or network address.
 */
record QcowHeader(
        long virtualSize,
        Optional<String> backingFile,
        Optional<String> backingFormat,
        boolean externalData,
        int encryption,
        boolean corrupt) {
    private static final int READ_MAX = 64 * 1024;
    private static final int MAGIC = 0x514649fb;
    private static final int VERSION_2_LENGTH = 72;
    private static final int VERSION_3_LENGTH_MIN = 104;
    private static final int BACKING_NAME_LENGTH_MAX = 1023;
    private static final int EXTENSION_END = 0;
    private static final int EXTENSION_BACKING_FORMAT = 0xe2792aca;
    private static final int EXTENSION_DATA_FILE = 0x44415441;
    private static final int NOT_ENCRYPTED = 0;
    private static final int ENCRYPTED_BY_LUKS = 2;
    private static final long INCOMPATIBLE_CORRUPT = 1L << 1;
    private static final long INCOMPATIBLE_DATA_FILE = 1L << 2;

    static QcowHeader read(Path path) throws IOException {
        try (FileChannel channel = DurableFiles.openForReading(path)) {
            return read(path, channel);
        }
    }

    /** Of a file that is held open, whatever has its name. */
    static QcowHeader read(Descriptor held) throws IOException {
        try (FileChannel channel = FileChannel.open(held.path(), StandardOpenOption.READ)) {
            return read(held.path(), channel);
        }
    }

    private static QcowHeader read(Path path, FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(READ_MAX);
        while (start.hasRemaining() && channel.read(start) >= 0) {
            // Until it is full or the file has ended.
        }
        start.flip();
        try {
            return parse(start);
        } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
            FileSystemException fault = new FileSystemException(
                    path.toString(), null, "has no valid qcow2 header: " + malformed.getMessage());
            fault.initCause(malformed);
            throw fault;
        }
    }

    static QcowHeader parse(ByteBuffer start) {
        require(start.limit() >= VERSION_2_LENGTH && start.getInt(0) == MAGIC, "no qcow2 magic");
        int version = start.getInt(4);
        require(version == 2 || version == 3, "version " + version);
        int length = VERSION_2_LENGTH;
        long incompatible = 0;
        if (version == 3) {
            require(start.limit() >= VERSION_3_LENGTH_MIN, "cut short");
            incompatible = start.getLong(72);
            length = start.getInt(100);
            require(length >= VERSION_3_LENGTH_MIN && length <= start.limit(), "header length " + length);
        }
        long backingOffset = start.getLong(8);
        int backingLength = start.getInt(16);
        Optional<String> backingFile = Optional.empty();
        if (backingOffset != 0) {
            require(backingLength >= 0 && backingLength <= BACKING_NAME_LENGTH_MAX, "backing name of " + backingLength);
            require(
                    backingOffset > 0 && backingOffset + backingLength <= start.limit(),
                    "backing name at " + backingOffset);
            backingFile = Optional.of(text(start, (int) backingOffset, backingLength));
        }
        Optional<String> backingFormat = Optional.empty();
        boolean externalData = (incompatible & INCOMPATIBLE_DATA_FILE) != 0;
        int end = backingOffset != 0 ? (int) backingOffset : start.limit();
        for (int at = length; at + 8 <= end; ) {
            int type = start.getInt(at);
            int extent = start.getInt(at + 4);
            if (type == EXTENSION_END) {
                break;
            }
            require(extent >= 0 && at + 8L + extent <= end, "extension of " + extent + " bytes");
            if (type == EXTENSION_BACKING_FORMAT) {
                backingFormat = Optional.of(text(start, at + 8, extent));
            }
            externalData |= type == EXTENSION_DATA_FILE;
            at += 8 + (extent + 7) / 8 * 8;
        }
        return new QcowHeader(
                start.getLong(24),
                backingFile,
                backingFormat,
                externalData,
                start.getInt(32),
                (incompatible & INCOMPATIBLE_CORRUPT) != 0);
    }

    /** What speaks against this being the file that is expected, not encrypted; empty if nothing does. */
    Optional<String> objection(long expectedSize, Optional<String> expectedBacking) {
        return objection(expectedSize, expectedBacking, false);
    }

    /** What speaks against this being the file that is expected; empty if nothing does. */
    Optional<String> objection(long expectedSize, Optional<String> expectedBacking, boolean expectedEncrypted) {
        if (externalData) {
            return Optional.of("its header names an external data file");
        }
        if (!expectedEncrypted && encryption != NOT_ENCRYPTED) {
            return Optional.of("its header says that it is encrypted");
        }
        if (expectedEncrypted && encryption != ENCRYPTED_BY_LUKS) {
            return Optional.of("its header says that it is not encrypted by LUKS, and it should be");
        }
        if (corrupt) {
            return Optional.of("QEMU marked it as corrupt");
        }
        if (virtualSize != expectedSize) {
            return Optional.of("its virtual size is " + virtualSize + ", not " + expectedSize);
        }
        if (!backingFile.equals(expectedBacking)) {
            return Optional.of(
                    "its header names " + named(backingFile) + " as backing file, not " + named(expectedBacking));
        }
        if (expectedBacking.isPresent() && !backingFormat.equals(Optional.of("qcow2"))) {
            return Optional.of(
                    "its header names " + named(backingFormat) + " as the backing file's format, not 'qcow2'");
        }
        return Optional.empty();
    }

    private static String named(Optional<String> name) {
        return name.map(text -> "'" + text.replaceAll("[^ -~]", "?") + "'").orElse("nothing");
    }

    private static String text(ByteBuffer buffer, int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new IllegalArgumentException(what);
        }
    }
}
