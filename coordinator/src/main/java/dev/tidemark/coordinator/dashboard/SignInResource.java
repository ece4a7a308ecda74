package dev.tidemark.coordinator.dashboard;

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
import java.util.Optional;
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

    private final Pages pages;
    private final Sessions sessions;
    private final Guesses guesses;
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
            show(request, response, 403, Optional.of("This form was sent from another site, and was not looked at."));
            return;
        }
        Duration wait = guesses.wait(request.getRemoteAddr(), clock.instant());
        if (wait.isPositive()) {
            response.setHeader("Retry-After", String.valueOf(Math.max(1, wait.toSeconds())));
            show(
                    request,
                    response,
                    429,
                    Optional.of("Too many wrong tokens came from your address. Wait for " + Words.length(wait) + "."));
            return;
        }
        Optional<String> session = token(request).flatMap(sessions::open);
        if (session.isEmpty()) {
            guesses.missed(request.getRemoteAddr(), clock.instant());
            show(
                    request,
                    response,
                    401,
                    Optional.of("This is no token that is valid: it may have expired or been revoked."));
            return;
        }
        // Whoever had signed in here before has left.
        sessions.end(request);
        leave(response, cookie(request, session.get(), Sessions.LENGTH), "/ui");
    }

    @PostMapping("/ui/sign-out")
    void signOut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!isOwn(request)) {
            show(request, response, 403, Optional.of("This form was sent from another site, and was not looked at."));
            return;
        }
        sessions.end(request);
        leave(response, noCookie(request), DOOR);
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
