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
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The administrator's token: 256 random bits, kept in a file that only its owner can read. Whoever reads the file rules
 * over every machine's backups, so a file that others can read is refused instead of used.
 */
public final class AdminToken {
    private static final int BYTES = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int FILE_LENGTH_MAX = 1024;

    private final byte[] token;

    private AdminToken(String text) {
        this.token = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the token file, or makes it if there is none. */
    public static AdminToken at(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            create(file);
        }
        return read(file);
    }

    /** Whether this is the token; takes the same time whatever is wrong with it. */
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(token, candidate.getBytes(StandardCharsets.UTF_8));
    }

    /** For a client in the same process. */
    public String secret() {
        return new String(token, StandardCharsets.US_ASCII);
    }

    /** Tells this token from every other and says nothing about it: what is hashed has 256 random bits. */
    String fingerprint() {
        return Tokens.digest("administrator " + secret());
    }

    @Override
    public String toString() {
        return "AdminToken[hidden]";
    }

    private static AdminToken read(Path file) throws IOException {
        EnumSet<PosixFilePermission> others = EnumSet.copyOf(OWNER_ONLY);
        others.clear();
        others.addAll(Files.getPosixFilePermissions(file));
        others.removeAll(OWNER_ONLY);
        others.remove(PosixFilePermission.OWNER_EXECUTE);
        if (!others.isEmpty()) {
            throw new IOException("others can read or write the token file " + file
                    + "; run 'chmod 600' on it, or remove it and start" + " again for a new token");
        }
        if (!Files.isRegularFile(file) || Files.size(file) > FILE_LENGTH_MAX) {
            throw new IOException(file + " is not a token file; remove it and start again for a new token");
        }
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!FORM.matcher(text).matches()) {
            throw new IOException(file + " does not hold a token; remove it and start again for a new token");
        }
        return new AdminToken(text);
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
