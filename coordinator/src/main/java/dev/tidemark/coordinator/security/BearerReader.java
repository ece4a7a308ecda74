package dev.tidemark.coordinator.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What stands in the header {@code Authorization} (RFC 6750): the administrator's token, another, or a JWT. */
public final class BearerReader implements CredentialReader {
    private static final String HEADER = "Authorization";
    private static final String SCHEME = "Bearer ";

    private final AdminToken administrator;
    private final Tokens tokens;
    private final Guesses guesses;
    private final Optional<Jwts> jwts;

    public BearerReader(AdminToken administrator, Tokens tokens, Guesses guesses, Optional<Jwts> jwts) {
        this.guesses = guesses;
        this.jwts = jwts;
        this.administrator = administrator;
        this.tokens = tokens;
    }

    /** Of any scheme: what is there and is none of ours is a credential that is not valid. */
    @Override
    public boolean isShown(HttpServletRequest request) {
        return request.getHeader(HEADER) != null;
    }

    @Override
    public Optional<Identity> identify(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders(HEADER));
        if (headers.size() != 1) {
            return Optional.empty();
        }
        String header = headers.getFirst();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String shown = header.substring(SCHEME.length()).strip();
        if (Jwts.isOne(shown)) {
            return jwts.flatMap(
                    issued -> guesses.watched(request.getRemoteAddr(), shown, () -> issued.identify(shown)));
        }
        // The administrator is not locked out by somebody who guesses on the same machine; that comparison costs
        // nothing.
        return administrator.matches(shown)
                ? Optional.of(Identity.ADMINISTRATOR)
                : guesses.watched(request.getRemoteAddr(), shown, () -> tokens.identify(shown));
    }
}
