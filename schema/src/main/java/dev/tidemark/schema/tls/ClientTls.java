package dev.tidemark.schema.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client believes to be the coordinator, and by what certificate it is known itself; files in PEM. The name in the coordinator's
 * certificate is compared with the address in any case: there is no switch to leave that out.
 *
 * @param authority who has signed the coordinator's certificate; empty for those that the system trusts
 */
public record ClientTls(Optional<Path> authority, Optional<Own> own) {
    /** As the system has it. */
    public static final ClientTls OF_SYSTEM = new ClientTls(Optional.empty(), Optional.empty());

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> KEY_SORTS = List.of("EC", "RSA", "Ed25519");
    private static final char[] IN_MEMORY = new char[0];

    /** The client's own certificate, with those between it and its authority, and the key to it. */
    public record Own(Path certificate, Path key) {}

    /**
     * What connections are made with.
     *
     * @throws IOException if a file cannot be read or used; it says which, and why
     */
    public SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager @Nullable [] keys = own.isPresent() ? keys(own.get()) : null;
            TrustManager @Nullable [] trusted = authority.isPresent() ? trusted(authority.get()) : null;
            context.init(keys, trusted, null);
            return context;
        } catch (GeneralSecurityException failure) {
            throw new IOException("TLS cannot be set up: " + failure.getMessage(), failure);
        }
    }

    /**
     * All that stands in the files: it differs when one of them was replaced. Not for a log.
     *
     * @throws IOException if one cannot be read
     */
    public String texts() throws IOException {
        StringBuilder texts = new StringBuilder();
        if (authority.isPresent()) {
            texts.append(PrivateFile.text(authority.get()));
        }
        if (own.isPresent()) {
            texts.append(PrivateFile.text(own.get().certificate()))
                    .append(PrivateFile.read(own.get().key()));
        }
        return texts.toString();
    }

    private static TrustManager[] trusted(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("authority-" + number++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keys(Own own) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        Certificate[] chain = certificates(own.certificate()).toArray(Certificate[]::new);
        PrivateKey key = key(own.key());
        requirePair(own, chain[0].getPublicKey(), key);
        store.setKeyEntry("own", key, IN_MEMORY, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return factory.getKeyManagers();
    }

    /** While files are replaced one by one, they are not a pair for a moment. */
    private static void requirePair(Own own, PublicKey known, PrivateKey key) throws IOException {
        String mismatch = "the key in " + own.key() + " is not that of the certificate in " + own.certificate();
        String algorithm = switch (known.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case String other -> other;
        };
        byte[] text = {1, 2, 3};
        boolean pair;
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(known);
            signature.update(text);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException different) {
            throw new IOException(mismatch, different);
        }
        if (!pair) {
            throw new IOException(mismatch);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        byte[] text = PrivateFile.text(file).getBytes(StandardCharsets.ISO_8859_1);
        try {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(text));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException malformed) {
            throw new IOException(file + " holds no certificate in PEM: " + malformed.getMessage(), malformed);
        }
        throw new IOException(file + " holds no certificate in PEM");
    }

    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        Matcher block = PRIVATE_KEY.matcher(PrivateFile.read(file));
        if (block.find()) {
            PKCS8EncodedKeySpec encoded;
            try {
                encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
            } catch (IllegalArgumentException malformed) {
                throw new IOException(file + " holds a key that is damaged", malformed);
            }
            for (String sort : KEY_SORTS) {
                Optional<PrivateKey> key = key(sort, encoded);
                if (key.isPresent()) {
                    return key.get();
                }
            }
        }
        throw new IOException(file + " holds no key that can be used: it takes 'BEGIN PRIVATE KEY' without a password,"
                + " as from 'openssl pkcs8 -topk8 -nocrypt'");
    }

    /** A key says of which sort it is, in a form that each factory reads by itself. */
    private static Optional<PrivateKey> key(String sort, PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
        try {
            return Optional.of(KeyFactory.getInstance(sort).generatePrivate(encoded));
        } catch (InvalidKeySpecException other) {
            return Optional.empty();
        }
    }
}
