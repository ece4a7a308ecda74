package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** The way in and out: a token becomes a cookie, and the cookie goes. These are the only two things that pages change. */
@RestController
public final class SignInResource {
    static final String DOOR = "/ui/sign-in";
    private static final int FORM_BYTES_MAX = 1024;
    private static final String FIELD = "token=";

    /** Of an address, in a minute: each is a session, and a record of it. */
    private static final int ENTRIES_MAX = 60;

    private final Pages pages;
    private final Sessions sessions;
    private final Guesses guesses;
    private final Guesses entries = new Guesses(ENTRIES_MAX);
    private final Clock clock;

    public SignInResource(Pages pages, Sessions sessions, Guesses guesses, Clock clock) {
        this.pages = pages;
        this.sessions = sessions;
        this.guesses = guesses;
        this.clock = clock;
    }

    @GetMapping("/ui/sign-in")
    void door(HttpServletRequest request, HttpServletResponse response) throws IOException {
        show(request, response, 200, Optional.empty());
    }

    @PostMapping("/ui/sign-in")
    void signIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!isOwn(request)) {
            turnDown(
                    request,
                    response,
                    403,
                    "FOREIGN_FORM",
                    "This form was sent from another site, and was not looked at.");
            return;
        }
        String address = request.getRemoteAddr();
        Duration wait = Stream.of(guesses, entries)
                .map(count -> count.wait(address, clock.instant()))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        if (wait.isPositive()) {
            response.setHeader("Retry-After", String.valueOf(Math.max(1, wait.toSeconds())));
            turnDown(
                    request,
                    response,
                    429,
                    "TOO_MANY_SIGN_INS",
                    "Too many forms came from your address. Wait for " + Words.length(wait) + ".");
            return;
        }
        Optional<Sessions.Opened> session = token(request).flatMap(sessions::open);
        (session.isPresent() ? entries : guesses).came(address, clock.instant());
        if (session.isEmpty()) {
            turnDown(
                    request,
                    response,
                    401,
                    "UNAUTHENTICATED",
                    "This is no token that is valid: it may have expired or been revoked.");
            return;
        }
        // Nobody has the cookie before it is on record that he got it.
        ActTrail.signedNow(session.get().owner().from(address), true);
        // Whoever had signed in here before has left.
        sessions.end(request);
        leave(response, cookie(request, session.get().secret(), Sessions.LENGTH), "/ui");
    }

    @PostMapping("/ui/sign-out")
    void signOut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!isOwn(request)) {
            turnDown(
                    request,
                    response,
                    403,
                    "FOREIGN_FORM",
                    "This form was sent from another site, and was not looked at.");
            return;
        }
        // Ended in any case: a record that cannot be written keeps nobody in.
        sessions.end(request);
        ActTrail.signedNow(Callers.current(), false);
        leave(response, noCookie(request), DOOR);
    }

    /** Counted, not written down each time: whoever sends very many fills no disk with it. */
    private void turnDown(
            HttpServletRequest request, HttpServletResponse response, int status, String code, String words)
            throws IOException {
        ActTrail.current().ifPresent(trail -> trail.turnedDown(status, code, words));
        show(request, response, status, Optional.of(words));
    }

    private void show(HttpServletRequest request, HttpServletResponse response, int status, Optional<String> trouble)
            throws IOException {
        Frame frame = new Frame("Sign in", Optional.empty(), clock.instant(), "", Optional.empty());
        pages.write(request, response, status, "signin.jte", new SignInPage(frame, trouble));
    }

    private static void leave(HttpServletResponse response, ResponseCookie cookie, String to) {
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
        Pages.protect(response, Pages.POLICY);
        response.setHeader(HttpHeaders.LOCATION, to);
        response.setStatus(303);
    }

    static ResponseCookie noCookie(HttpServletRequest request) {
        return cookie(request, "", Duration.ZERO);
    }

    private static ResponseCookie cookie(HttpServletRequest request, String value, Duration length) {
        return ResponseCookie.from(Sessions.COOKIE, value)
                .path(Sessions.PATH)
                .httpOnly(true)
                .sameSite("Strict")
                .secure(request.isSecure())
                .maxAge(length)
                .build();
    }

    /** Browsers say with every form from where it comes; whoever does not is no browser, and has the interface for programs. */
    private static boolean isOwn(HttpServletRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String host = request.getHeader(HttpHeaders.HOST);
        if (origin == null || host == null) {
            return false;
        }
        try {
            return host.equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** The one field of the form; empty if there is no such form. Read here, because no other form is taken anywhere. */
    private static Optional<String> token(HttpServletRequest request) throws IOException {
        String type = request.getContentType();
        if (type == null || !type.startsWith("application/x-www-form-urlencoded")) {
            return Optional.empty();
        }
        try (InputStream body = request.getInputStream()) {
            byte[] bytes = body.readNBytes(FORM_BYTES_MAX + 1);
            String form = new String(bytes, StandardCharsets.US_ASCII);
            if (bytes.length > FORM_BYTES_MAX || !form.startsWith(FIELD) || form.indexOf('&') >= 0) {
                return Optional.empty();
            }
            return Optional.of(URLDecoder.decode(form.substring(FIELD.length()), StandardCharsets.UTF_8)
                    .strip());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
