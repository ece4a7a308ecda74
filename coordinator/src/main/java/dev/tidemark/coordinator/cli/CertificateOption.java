package dev.tidemark.coordinator.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;

/** By what a client certificate is to be known: as it was given, or by the public key of the one in a file. */
final class CertificateOption {
    private static final long FILE_BYTES_MAX = 64L * 1024;

    private CertificateOption() {}

    static String name(String given) {
        return given.matches("(key|uri|dns):.*") ? given : "key:" + publicKeyDigest(Path.of(given));
    }

    private static String publicKeyDigest(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw Session.misuse(file + " is too large for a certificate");
            }
            try (InputStream bytes = Files.newInputStream(file)) {
                Certificate first = CertificateFactory.getInstance("X.509").generateCertificate(bytes);
                byte[] digest = MessageDigest.getInstance("SHA-256")
                        .digest(first.getPublicKey().getEncoded());
                return HexFormat.of().formatHex(digest);
            }
        } catch (IOException unreadable) {
            throw Session.misuse("cannot read the certificate " + file + ": " + unreadable.getMessage());
        } catch (CertificateException malformed) {
            throw Session.misuse(file + " holds no certificate: " + malformed.getMessage());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
