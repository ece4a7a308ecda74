package dev.tidemark.coordinator.evidence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The heads of a book, a line each, oldest first, in parts that follow on one another. They are only ever appended to, so they may lie
 * where nothing else is allowed ({@code chattr +a}, a write-once share). A crash may leave a torn line; it stays, and is passed over: what
 * it would have been the next head does not follow on.
 */
public final class HeadFile {
    /** About a month of a head a minute. */
    private static final long PART_BYTES_MAX = 16L * 1024 * 1024;

    private static final Set<OpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path path;
    private final Book book;
    private final HeadParts parts;
    private final long partBytesMax;

    /** Of the log. */
    public HeadFile(Path path) {
        this(path, Book.LOG);
    }

    /** @param path of the first part */
    public HeadFile(Path path, Book book) {
        this(path, book, PART_BYTES_MAX);
    }

    HeadFile(Path path, Book book, long partBytesMax) {
        this.path = path;
        this.book = book;
        this.parts = new HeadParts(path);
        this.partBytesMax = partBytesMax;
    }

    /**
     * Reads the heads that are there now, each following on the one before; none if there is no file. Those that are appended while they
     * are read are left to the next reader: the records that they cover may be newer than those that they are held against.
     *
     * <p>A head signs the digest of the line before it, so the signature of the newest covers them all: it is checked before the end is
     * told.
     */
    public HeadSource read(VerificationKey key) throws IOException, BadEvidence {
        Queue<Part> known = new ArrayDeque<>();
        for (Path file : parts.files()) {
            known.add(new Part(file, Files.size(file)));
        }
        return known.isEmpty() ? HeadSource.of(List.of()) : new Lines(known, key);
    }

    /** A file, as long as it was when the reading began. */
    private record Part(Path file, long length) {
        BufferedReader open() throws IOException {
            return new BufferedReader(new InputStreamReader(
                    new FirstBytes(Files.newInputStream(file), length), StandardCharsets.ISO_8859_1));
        }
    }

    private final class Lines implements HeadSource {
        private final Queue<Part> rest;
        private final VerificationKey key;
        private Path file = path;
        private @Nullable BufferedReader reader;
        private @Nullable LogHead newest;
        private String newestLine = "";
        private int number;
        private boolean any;

        Lines(Queue<Part> rest, VerificationKey key) {
            this.rest = rest;
            this.key = key;
        }

        @Override
        public @Nullable LogHead next() throws IOException, BadEvidence {
            for (String line = line(); line != null; line = line()) {
                any = true;
                String place = file + ", line " + ++number;
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
                newest.requireSignature(key, file.toString());
            } else if (any) {
                throw new BadEvidence(path + " holds no head of a log", null);
            }
            return null;
        }

        /** The next line of whichever part it is in; of all parts one is open at a time. */
        private @Nullable String line() throws IOException {
            while (true) {
                String line = reader == null ? null : reader.readLine();
                if (line != null) {
                    return line;
                }
                close();
                Part next = rest.poll();
                if (next == null) {
                    return null;
                }
                file = next.file();
                number = 0;
                reader = next.open();
            }
        }

        @Override
        public void close() throws IOException {
            BufferedReader open = reader;
            reader = null;
            if (open != null) {
                open.close();
            }
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
    void append(LogHead head) throws IOException, BadEvidence {
        Path part = partToAppendTo();
        boolean fresh = !Files.exists(part, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel = FileChannel.open(part, APPENDING, OWNER_ONLY)) {
            String line = (endsWithTornLine(part) ? "\n" : "") + head.line() + "\n";
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        if (fresh) {
            forceName(part);
        }
    }

    private Path partToAppendTo() throws IOException, BadEvidence {
        List<Path> files = parts.files();
        if (files.isEmpty()) {
            return path;
        }
        boolean full = Files.size(files.getLast()) >= partBytesMax;
        return full ? parts.numbered(files.size() + 1) : files.getLast();
    }

    /** A file whose name is not on the disk is not there after a power cut, whatever was written into it. */
    private static void forceName(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }

    private static boolean endsWithTornLine(Path part) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ)) {
            long length = channel.size();
            ByteBuffer last = ByteBuffer.allocate(1);
            return length > 0 && channel.read(last, length - 1) == 1 && last.get(0) != '\n';
        }
    }

    /** Writes all parts into one new file; nothing if there is none. */
    public void copyTo(Path target) throws IOException, BadEvidence {
        List<Path> files = parts.files();
        if (files.isEmpty()) {
            return;
        }
        Files.createFile(target, OWNER_ONLY);
        try (OutputStream copy = Files.newOutputStream(target, StandardOpenOption.APPEND)) {
            for (Path part : files) {
                Files.copy(part, copy);
                if (endsWithTornLine(part)) {
                    copy.write('\n');
                }
            }
        }
    }

    Path path() {
        return path;
    }
}
