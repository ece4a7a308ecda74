package dev.tidemark.coordinator.security;

import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.Optional;

/**
 * The certificate that the client's end of a TLS connection has shown, and proven to have the key of. That its authority is ours makes
 * nobody anything: it has to be recorded, and not revoked.
 */
public final class CertificateReader implements CredentialReader {
    private static final String ATTRIBUTE = "jakarta.servlet.request.X509Certificate";

    private final Tokens tokens;
    private final Clock clock;

    public CertificateReader(Tokens tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    @Override
    public boolean isShown(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof X509Certificate[] chain && chain.length > 0;
    }

    @Override
    public Optional<Identity> identify(HttpServletRequest request) {
        if (!(request.getAttribute(ATTRIBUTE) instanceof X509Certificate[] chain)) {
            return Optional.empty();
        }
        X509Certificate own = chain[0];
        try {
            // The connection may have been made long ago.
            own.checkValidity(Date.from(clock.instant()));
        } catch (CertificateExpiredException | CertificateNotYetValidException notNow) {
            return Optional.empty();
        }
        return tokens.identify(own);
    }
}
