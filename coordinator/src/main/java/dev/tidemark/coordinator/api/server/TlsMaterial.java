package dev.tidemark.coordinator.api.server;

import dev.tidemark.schema.tls.PrivateFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/**
 * A certificate with its key, as the files hold them at one moment; seen to belong together and to be valid then.
 *
 * @param text of all files: what says the same needs no second look
 */
record TlsMaterial(String text, List<X509Certificate> certificates, SslBundle bundle) {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    TlsMaterial {
        certificates = List.copyOf(certificates);
    }

    /** What the files say now. */
    static String text(TlsFiles files) throws IOException {
        try {
            return PrivateFile.text(files.certificate())
                    + PrivateFile.read(files.key())
                    + (files.clientAuthority().isPresent()
                            ? PrivateFile.text(files.clientAuthority().get())
                            : "");
        } catch (NoSuchFileException absent) {
            throw new IOException("there is no file " + absent.getFile(), absent);
        }
    }

    /** @throws IOException if they cannot be used; it says which, and why */
    static TlsMaterial read(TlsFiles files, Instant now) throws IOException {
        String text = text(files);
        List<X509Certificate> certificates = certificates(files.certificate());
        PrivateKey key = key(files.key());
        requireValid(files.certificate(), certificates.getFirst(), now);
        requirePair(files, certificates.getFirst(), key);
        @Nullable
        PemSslStore authority = files.clientAuthority().isPresent()
                ? PemSslStore.of(certificates(files.clientAuthority().get()), null)
                : null;
        SslBundle bundle = SslBundle.of(
                new PemSslStoreBundle(PemSslStore.of(certificates, key), authority),
                SslBundleKey.NONE,
                SslOptions.of(null, PROTOCOLS));
        try {
            bundle.createSslContext();
        } catch (RuntimeException failure) {
            throw new IOException(files.certificate() + " cannot be used: " + failure.getMessage(), failure);
        }
        return new TlsMaterial(text, certificates, bundle);
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            List<X509Certificate> found = PemContent.of(PrivateFile.text(file)).getCertificates();
            if (found != null && !found.isEmpty()) {
                return found;
            }
        } catch (RuntimeException malformed) {
            throw new IOException(file + " holds no certificate in PEM: " + malformed.getMessage(), malformed);
        }
        throw new IOException(file + " holds no certificate in PEM");
    }

    private static PrivateKey key(Path file) throws IOException {
        try {
            @Nullable PrivateKey key = PemContent.of(PrivateFile.read(file)).getPrivateKey();
            if (key != null) {
                return key;
            }
        } catch (RuntimeException unusable) {
            // Its message could tell what stands in the file.
            throw new IOException(file + " holds no private key that can be used (PEM, without a password)");
        }
        throw new IOException(file + " holds no private key (PEM, without a password)");
    }

    private static void requireValid(Path file, X509Certificate certificate, Instant now) throws IOException {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new IOException("the certificate in " + file + " has expired: "
                    + certificate.getNotAfter().toInstant());
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new IOException("the certificate in " + file + " is not valid before "
                    + certificate.getNotBefore().toInstant());
        }
    }

    private static void requirePair(TlsFiles files, X509Certificate certificate, PrivateKey key) throws IOException {
        byte[] text = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm(certificate));
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(text);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException different) {
            throw mismatch(files, different);
        }
        throw mismatch(files, null);
    }

    private static IOException mismatch(TlsFiles files, @Nullable Exception cause) {
        return new IOException(
                "the key in " + files.key() + " is not that of the certificate in " + files.certificate(), cause);
    }

    private static String algorithm(X509Certificate certificate) {
        return switch (certificate.getPublicKey().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String other -> other;
        };
    }

    /** By which name a client on this host reaches the server, so that the certificate is for that name; empty if for none. */
    Optional<String> nameFor(InetAddress address) {
        List<String> addresses = alternatives(IP_ADDRESS);
        List<String> names = alternatives(DNS_NAME);
        if (addresses.contains(address.getHostAddress())) {
            return Optional.of(address.getHostAddress());
        }
        boolean local = address.isAnyLocalAddress() || address.isLoopbackAddress();
        if (local && names.contains("localhost")) {
            return Optional.of("localhost");
        }
        if (address.isAnyLocalAddress() && addresses.contains("127.0.0.1")) {
            return Optional.of("127.0.0.1");
        }
        return names.stream().filter(name -> !name.contains("*")).findFirst();
    }

    private List<String> alternatives(int sort) {
        try {
            @Nullable Collection<List<?>> all = certificates.getFirst().getSubjectAlternativeNames();
            return (all == null ? List.<List<?>>of() : all)
                    .stream()
                            .filter(name -> Integer.valueOf(sort).equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    @Override
    public String toString() {
        return "TlsMaterial[" + certificates.getFirst().getSubjectX500Principal() + "]";
    }
}
