package dev.tidemark.coordinator.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates, as an organisation's own authority does. */
public final class Authority {
    private static final AtomicLong SERIAL = new AtomicLong(1000);
    private static final Duration DAY = Duration.ofDays(1);

    private final String name;
    private final KeyPair keys = keys();
    private final X509Certificate certificate;

    public Authority(String name) {
        this.name = name;
        this.certificate = sign(
                name, keys, List.of(), Instant.now().minus(DAY), Instant.now().plus(DAY), true);
    }

    /** Somebody's certificate and the key to it. */
    public record Issued(X509Certificate certificate, KeyPair keys) {}

    public static GeneralName dns(String dnsName) {
        return new GeneralName(GeneralName.dNSName, dnsName);
    }

    public static GeneralName address(String address) {
        return new GeneralName(GeneralName.iPAddress, address);
    }

    public static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    public Issued issue(String subject, GeneralName... names) {
        return issue(subject, Instant.now().minus(DAY), Instant.now().plus(DAY), names);
    }

    public Issued issue(String subject, Instant from, Instant until, GeneralName... names) {
        KeyPair own = keys();
        return new Issued(sign(subject, own, List.of(names), from, until, false), own);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public Path write(Path file) {
        return replace(file, pem("CERTIFICATE", encoded(certificate)), "rw-r--r--");
    }

    /** Puts a certificate and its key where a server or client looks for them, each file replaced at once. */
    public static void write(Issued issued, Path certificateFile, Path keyFile) {
        replace(certificateFile, pem("CERTIFICATE", encoded(issued.certificate())), "rw-r--r--");
        replace(keyFile, pem("PRIVATE KEY", issued.keys().getPrivate().getEncoded()), "rw-------");
    }

    public static Path replace(Path file, String text, String permissions) {
        try {
            Path unfinished = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(unfinished, text);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString(permissions));
            return Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private X509Certificate sign(
            String subject, KeyPair own, List<GeneralName> names, Instant from, Instant until, boolean authority) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + name),
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(from),
                    Date.from(until),
                    new X500Name("CN=" + subject),
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String pem(String label, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
