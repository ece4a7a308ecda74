package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.id.KeyIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key that lies in a file, and what tells it from others. The key itself is forgotten at once: whoever uses it is told the file, so
 * that it stands in no command line, no environment, no message and no log.
 */
public record EncryptionKey(Path file, KeyIdentity identity) {
    /** Less cannot hold 256 bits as text. */
    static final int LENGTH_MIN = 32;

    static final int LENGTH_MAX = 1024;

    private static final byte[] IDENTITY_OF = "tidemark key id v1".getBytes(StandardCharsets.US_ASCII);
    private static final int IDENTITY_BYTES = 8;
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    /** Its content as it is, the end of a line included: QEMU takes it so. */
    static EncryptionKey read(Path file) throws IOException {
        DurableFiles.regularFile(file);
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
        require(
                file,
                permissions.stream().noneMatch(OTHERS::contains),
                "everybody can use it; chmod o-rwx makes a key of it");
        byte[] content = DurableFiles.readSmall(file, LENGTH_MAX);
        try {
            require(
                    file,
                    content.length >= LENGTH_MIN,
                    "has " + content.length + " bytes, and a key has " + LENGTH_MIN + " at least: "
                            + "head -c 32 /dev/urandom | base64 -w0 > FILE");
            require(
                    file,
                    isText(content),
                    "is not text, which is all that QEMU takes for a key: head -c 32 /dev/urandom | base64 -w0 > FILE");
            return new EncryptionKey(file, identity(content));
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** QEMU wants UTF-8, and takes a zero byte for the end. */
    private static boolean isText(byte[] content) {
        for (byte each : content) {
            if (each == 0) {
                return false;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return true;
        } catch (CharacterCodingException binary) {
            return false;
        }
    }

    /** One way only, and of the key alone: the same key has the same everywhere. */
    private static KeyIdentity identity(byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(content, "HmacSHA256"));
            return new KeyIdentity(HexFormat.of().formatHex(mac.doFinal(IDENTITY_OF), 0, IDENTITY_BYTES));
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", impossible);
        }
    }

    private static void require(Path file, boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new FileSystemException(file.toString(), null, otherwise);
        }
    }
}
