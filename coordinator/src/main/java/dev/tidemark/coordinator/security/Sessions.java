package dev.tidemark.coordinator.security;

import dev.tidemark.coordinator.ledger.SessionRows;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a browser has instead of a token after somebody has signed in: a cookie with 256 random bits that open the pages and nothing else.
 * Whoever it stands for is asked of the token's record at each request, so that a session ends with its token.
 */
public final class Sessions implements CredentialReader {
    public static final String COOKIE = "tidemark_session";

    /** The cookie is sent for these paths only, and heeded for these only. */
    public static final String PATH = "/ui";

    public static final Duration LENGTH = Duration.ofHours(12);

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final int BYTES = 32;

    private final SessionRows rows;
    private final AdminToken administrator;
    private final Tokens tokens;
    private final SecureRandom random = new SecureRandom();

    public Sessions(SessionRows rows, AdminToken administrator, Tokens tokens) {
        this.rows = rows;
        this.administrator = administrator;
        this.tokens = tokens;
    }

    /**
     * A session that was opened.
     *
     * @param secret what its cookie holds
     * @param owner by what he signed in
     */
    public record Opened(String secret, Identity owner) {}

    /** Opens a session for whoever shows a token; empty if it is none, or one that is not valid. */
    public Optional<Opened> open(String shown) {
        Optional<Identity> owner =
                administrator.matches(shown) ? Optional.of(Identity.ADMINISTRATOR) : tokens.identify(shown);
        return owner.map(known -> new Opened(open(known), known));
    }

    private String open(Identity owner) {
        Optional<String> token = owner.credential().record();
        Optional<String> fingerprint = token.isPresent() ? Optional.empty() : Optional.of(administrator.fingerprint());
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        rows.open(Tokens.digest(secret), token, fingerprint, LENGTH.toSeconds());
        return secret;
    }

    /** Ends the session that the request shows, if it shows one. */
    public void end(HttpServletRequest request) {
        secret(request).ifPresent(secret -> rows.end(Tokens.digest(secret)));
    }

    @Override
    public boolean isShown(HttpServletRequest request) {
        return isPage(request) && !cookies(request).isEmpty();
    }

    @Override
    public Optional<Identity> identify(HttpServletRequest request) {
        return secret(request).flatMap(this::identify);
    }

    /** Whether the request could still be made now. */
    public boolean isStillValid(HttpServletRequest request) {
        return identify(request).isPresent();
    }

    private Optional<Identity> identify(String secret) {
        return rows.find(Tokens.digest(secret)).flatMap(session -> {
            Optional<Identity> owner = session.administrator().isPresent()
                    ? Optional.of(Identity.ADMINISTRATOR)
                            .filter(known -> session.administrator().get().equals(administrator.fingerprint()))
                    : session.token().flatMap(tokens::identifyById);
            return owner.map(known -> known.by(
                    new Credential(Credential.Kind.SESSION, session.token(), Optional.of(session.expiresAt()))));
        });
    }

    private static Optional<String> secret(HttpServletRequest request) {
        List<String> cookies = cookies(request);
        // Of two, one was put there by somebody else.
        return isPage(request) && cookies.size() == 1
                ? Optional.of(cookies.getFirst())
                        .filter(text -> FORM.matcher(text).matches())
                : Optional.empty();
    }

    private static List<String> cookies(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? List.of()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(COOKIE))
                        .map(Cookie::getValue)
                        .toList();
    }

    private static boolean isPage(HttpServletRequest request) {
        return isPage(request.getRequestURI());
    }

    /** Whether the address, as it was sent, is one of the pages. */
    public static boolean isPage(String uri) {
        return uri.equals(PATH) || uri.startsWith(PATH + "/");
    }
}
