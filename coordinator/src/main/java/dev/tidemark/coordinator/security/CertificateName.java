package dev.tidemark.coordinator.security;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * By what a client certificate is known: the SHA-256 of its public key ({@code key:…}), or one of its alternative names ({@code uri:…},
 * {@code dns:…}). Compared as a whole and to the letter; its subject, which several authorities can give to several people, is none.
 */
public record CertificateName(String value) {
    private static final Pattern FORM = Pattern.compile("key:[0-9a-f]{64}|(uri|dns):[!-~]{1,255}");

    /** The numbers of RFC 5280, as Java gives them. */
    private static final int DNS_NAME = 2;

    private static final int URI_NAME = 6;

    public CertificateName {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("not a name of a certificate");
        }
    }

    public static boolean isWellFormed(String value) {
        return FORM.matcher(value).matches();
    }

    /** All that a certificate is called. */
    public static List<CertificateName> of(X509Certificate certificate) throws CertificateParsingException {
        List<CertificateName> names = new ArrayList<>();
        names.add(new CertificateName("key:" + digest(certificate.getPublicKey().getEncoded())));
        @Nullable Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
            String sort = switch ((Integer) alternative.get(0)) {
                case DNS_NAME -> "dns:";
                case URI_NAME -> "uri:";
                default -> "";
            };
            String name = sort + alternative.get(1);
            if (!sort.isEmpty() && isWellFormed(name)) {
                names.add(new CertificateName(name));
            }
        }
        return names;
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
