package dev.tidemark.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Lets a request pass if it carries the token (RFC 6750), or if its path, exactly as it was sent, is one of the few that
 * are open. Every other route is closed, also one that does not exist: who has no token learns nothing.
 */
public final class BearerTokenFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String SCHEME = "Bearer ";

    private final transient AdminToken token;
    private final transient Set<String> openPaths;
    private final transient Denial denial;

    /** Says no. */
    @FunctionalInterface
    public interface Denial {
        void answer(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    public BearerTokenFilter(AdminToken token, Set<String> openPaths, Denial denial) {
        this.token = token;
        this.openPaths = Set.copyOf(openPaths);
        this.denial = denial;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (openPaths.contains(request.getRequestURI()) || carriesToken(request)) {
            chain.doFilter(request, response);
        } else {
            denial.answer(request, response);
        }
    }

    private boolean carriesToken(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        if (headers.size() != 1) {
            return false;
        }
        String header = headers.getFirst();
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && token.matches(header.substring(SCHEME.length()).strip());
    }
}
