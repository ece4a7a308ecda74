package dev.tidemark.coordinator.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/**
 * The key that signs heads (Ed25519, RFC 8032). It lies in a file that only its owner can read, never in the database: whoever
 * can write to the database must not be able to sign what he made of it.
 */
public final class HeadKey {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");
    private static final String PROBE = "tidemark";

    private final PrivateKey key;
    private final VerificationKey verification;

    private HeadKey(PrivateKey key, VerificationKey verification) {
        this.key = key;
        this.verification = verification;
    }

    /**
     * Reads the pair, or makes it where nothing was signed yet. For one process at a time.
     *
     * @throws BadEvidence if the halves do not belong together, others can read the private one, or it is gone while heads that it signed
     *     are there: another key could not go on with them
     */
    static HeadKey at(EvidenceDirectory directory) throws IOException, BadEvidence {
        if (!Files.exists(directory.privateKey(), LinkOption.NOFOLLOW_LINKS)) {
            for (Book book : Book.values()) {
                refuseWhereSigned(directory, book);
            }
            create(directory.privateKey(), directory.publicKey());
        }
        return read(directory.privateKey(), directory.publicKey());
    }

    private static void refuseWhereSigned(EvidenceDirectory directory, Book book) throws BadEvidence {
        Path heads = directory.heads(book);
        if (Files.exists(heads, LinkOption.NOFOLLOW_LINKS)) {
            throw new BadEvidence(
                    directory.privateKey() + " is gone, and " + heads
                            + " was signed with it. Put it back; or move the heads away, and keep them with their"
                            + " public key.",
                    null);
        }
    }

    String id() {
        return verification.id();
    }

    VerificationKey verification() {
        return verification;
    }

    String sign(String statement) {
        try {
            Signature signature = Signature.getInstance(VerificationKey.ALGORITHM);
            signature.initSign(key);
            signature.update(statement.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("a key that signed before does not sign", impossible);
        }
    }

    @Override
    public String toString() {
        return "HeadKey[" + id() + "]";
    }

    private static HeadKey read(Path privateFile, Path publicFile) throws IOException, BadEvidence {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(privateFile, LinkOption.NOFOLLOW_LINKS);
        if (!Files.isRegularFile(privateFile, LinkOption.NOFOLLOW_LINKS) || !OWNER_ONLY.containsAll(permissions)) {
            throw new BadEvidence(
                    "others can read or write " + privateFile + ", or it is no file: what it signs proves nothing",
                    null);
        }
        VerificationKey verification = VerificationKey.read(publicFile);
        HeadKey pair;
        try {
            PrivateKey key = KeyFactory.getInstance(VerificationKey.ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(
                            Pem.decode(Pem.PRIVATE, Files.readString(privateFile, StandardCharsets.US_ASCII))));
            if (!(key instanceof EdECPrivateKey)) {
                throw new GeneralSecurityException("not " + VerificationKey.ALGORITHM);
            }
            pair = new HeadKey(key, verification);
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw new BadEvidence(privateFile + " does not hold a private key (Ed25519, PKCS #8, PEM)", unusable);
        }
        if (!verification.verifies(PROBE, pair.sign(PROBE))) {
            throw new BadEvidence(privateFile + " and " + publicFile + " do not belong together", null);
        }
        return pair;
    }

    /** The public half first: a crash in between leaves no private key, and the next start begins anew. */
    private static void create(Path privateFile, Path publicFile) throws IOException {
        KeyPair pair;
        try {
            pair = KeyPairGenerator.getInstance(VerificationKey.ALGORITHM).generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Java 25 has Ed25519", impossible);
        }
        Files.deleteIfExists(publicFile);
        write(publicFile, READABLE, new VerificationKey(pair.getPublic()).pem());
        write(privateFile, OWNER_ONLY, Pem.encode(Pem.PRIVATE, pair.getPrivate().getEncoded()));
    }

    /** Complete or not there, and never over what is there. */
    private static void write(Path file, Set<PosixFilePermission> permissions, String text) throws IOException {
        Path unfinished = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                file.getFileName().toString(),
                ".partial",
                PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.setPosixFilePermissions(unfinished, permissions);
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException other) {
            throw new IOException(file + " was made by another coordinator at the same moment", other);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
