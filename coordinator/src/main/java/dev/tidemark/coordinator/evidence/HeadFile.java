package dev.tidemark.coordinator.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The heads of a book, a line each, oldest first. It is only ever appended to, so it may lie where nothing else is allowed
 * ({@code chattr +a}, a write-once share). A crash may leave a torn line; it stays, and is passed over: what it would have been
 * the next head does not follow on.
 */
public final class HeadFile {
    private static final Set<OpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private final Path path;
    private final Book book;

    /** Of the log. */
    public HeadFile(Path path) {
        this(path, Book.LOG);
    }

    public HeadFile(Path path, Book book) {
        this.path = path;
        this.book = book;
    }

    /**
     * Reads the heads, each following on the one before; none if there is no file. A head signs the digest of the line before it, so the
     * signature of the newest covers them all: it is checked before the end is told.
     */
    public HeadSource read(VerificationKey key) throws IOException {
        try {
            return new Lines(Files.newBufferedReader(path, StandardCharsets.ISO_8859_1), key);
        } catch (NoSuchFileException none) {
            return HeadSource.of(List.of());
        }
    }

    private final class Lines implements HeadSource {
        private final BufferedReader reader;
        private final VerificationKey key;
        private @Nullable LogHead newest;
        private String newestLine = "";
        private int number;

        Lines(BufferedReader reader, VerificationKey key) {
            this.reader = reader;
            this.key = key;
        }

        @Override
        public @Nullable LogHead next() throws IOException, BadEvidence {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String place = path + ", line " + ++number;
                LogHead head;
                try {
                    head = LogHead.parse(book, line, place);
                } catch (BadEvidence torn) {
                    continue;
                }
                requireToFollow(head, newest, newest == null ? "" : Digests.of(newestLine), place);
                if (!head.key().equals(key.id())) {
                    throw new BadEvidence(
                            place + ": key " + head.key() + " signed it, and the one given is " + key.id(), null);
                }
                newest = head;
                newestLine = line;
                return head;
            }
            if (newest != null) {
                requireSignature(newest, key);
            } else if (number > 0) {
                throw new BadEvidence(path + " holds no head of a log", null);
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private void requireSignature(LogHead head, VerificationKey key) throws BadEvidence {
        if (!key.verifies(head.statement(), head.signature())) {
            throw new BadEvidence(
                    path + ", head " + head.number() + ": its signature is not that of key " + key.id(), null);
        }
    }

    private static void requireToFollow(LogHead head, @Nullable LogHead before, String previous, String place)
            throws BadEvidence {
        boolean follows = before == null
                ? head.number() == 1
                : head.number() == before.number() + 1
                        && head.records() > before.records()
                        && head.globalIndex() > before.globalIndex();
        if (!follows || !head.previous().equals(previous)) {
            throw new BadEvidence(
                    place + ": head " + head.number() + " does not follow on "
                            + (before == null ? "nothing" : "head " + before.number()),
                    null);
        }
    }

    /** Appends one, and returns when it is on the disk. */
    void append(LogHead head) throws IOException {
        try (FileChannel channel = FileChannel.open(
                path, APPENDING, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            String line = (endsWithTornLine() ? "\n" : "") + head.line() + "\n";
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private boolean endsWithTornLine() throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long length = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            return length > 0 && channel.read(last, length - 1) == 1 && last.get(0) != '\n';
        }
    }

    Path path() {
        return path;
    }
}
