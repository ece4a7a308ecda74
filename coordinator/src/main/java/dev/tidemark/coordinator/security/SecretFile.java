package dev.tidemark.coordinator.security;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** 256 random bits as text, or a secret of others, in a file that only its owner can read. A file that others can read is refused instead of used. */
public final class SecretFile {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int FILE_LENGTH_MAX = 1024;

    private SecretFile() {}

    /**
     * What the file holds; it is made if there is none.
     *
     * @param what the secret is, for people
     */
    public static String at(Path file, String what) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            create(file);
        }
        return read(file, what);
    }

    /** What somebody else put into a file, which only its owner can read and which is there. */
    public static String text(Path file, String what) throws IOException {
        requireOwnerOnly(file, what, "");
        if (!Files.isRegularFile(file) || Files.size(file) > FILE_LENGTH_MAX) {
            throw new IOException(file + " is not a " + what + " file");
        }
        return Files.readString(file, StandardCharsets.US_ASCII).strip();
    }

    private static void requireOwnerOnly(Path file, String what, String otherwise) throws IOException {
        EnumSet<PosixFilePermission> others = EnumSet.copyOf(OWNER_ONLY);
        others.clear();
        others.addAll(Files.getPosixFilePermissions(file));
        others.removeAll(OWNER_ONLY);
        others.remove(PosixFilePermission.OWNER_EXECUTE);
        if (!others.isEmpty()) {
            throw new IOException(
                    "others can read or write the " + what + " file " + file + "; run 'chmod 600' on it" + otherwise);
        }
    }

    private static String read(Path file, String what) throws IOException {
        requireOwnerOnly(file, what, ", or remove it and start again for a new " + what);
        if (!Files.isRegularFile(file) || Files.size(file) > FILE_LENGTH_MAX) {
            throw new IOException(file + " is not a " + what + " file; remove it and start again for a new " + what);
        }
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!FORM.matcher(text).matches()) {
            throw new IOException(file + " does not hold a " + what + "; remove it and start again for a new " + what);
        }
        return text;
    }

    /** Complete or not there: a crash in between leaves at most a file of another name. */
    private static void create(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String line = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
        FileAttribute<Set<PosixFilePermission>> ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
        Path unfinished = Files.createTempFile(
                file.toAbsolutePath().getParent(), file.getFileName().toString(), ".partial", ownerOnly);
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            // A link, not a move: of two first starts at once, the second takes the first one's token.
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException first) {
            if (!Files.isRegularFile(file)) {
                throw first;
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
