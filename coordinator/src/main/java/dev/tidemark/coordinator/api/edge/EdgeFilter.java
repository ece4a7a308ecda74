package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The outermost filter: limits every body, marks every answer as not to be kept, and lets no exception out. */
public final class EdgeFilter extends HttpFilter {
    /** Longest body that is taken. */
    public static final long BODY_BYTES_MAX = 1024 * 1024;

    private static final long BODY_SECONDS_MAX = 20;
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        try {
            Problem problem = unfit(request);
            if (problem == null) {
                chain.doFilter(new Limited(request), response);
            } else {
                ProblemWriter.write(request, response, problem);
            }
        } catch (Exception failure) {
            // The dispatcher has sorted what it knows; what arrives here was thrown outside of it.
            ProblemWriter.write(request, response, Sorting.problem(failure, request));
        }
    }

    private static @Nullable Problem unfit(HttpServletRequest request) {
        if (request.getContentLengthLong() > BODY_BYTES_MAX) {
            return BodyTrouble.tooLargeProblem(BODY_BYTES_MAX);
        }
        if (request.getRequestURI().indexOf(';') >= 0) {
            // Two spellings of one path would be two chances to get a rule about paths wrong.
            return Problem.of(
                    400,
                    "BAD_REQUEST",
                    "a path has no parameters here",
                    "Leave out the semicolon and what follows it.");
        }
        return null;
    }

    private static final class Limited extends HttpServletRequestWrapper {
        private final HttpServletRequest request;

        Limited(HttpServletRequest request) {
            super(request);
            this.request = request;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new LimitedBody(request.getInputStream(), BODY_BYTES_MAX, BODY_SECONDS_MAX);
        }

        @Override
        public BufferedReader getReader() throws IOException {
            return new BufferedReader(new InputStreamReader(getInputStream(), StandardCharsets.UTF_8));
        }
    }
}
