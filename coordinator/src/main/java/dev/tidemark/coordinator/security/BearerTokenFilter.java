package dev.tidemark.coordinator.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Lets a request pass if it carries a token that is known (RFC 6750), in the name of whoever that is, or if its path, exactly as it was
 * sent, is the one that is open. Every other route is closed, also one that does not exist: who has no token learns nothing.
 */
public final class BearerTokenFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String SCHEME = "Bearer ";

    private final transient AdminToken administrator;
    private final transient Tokens tokens;
    private final transient Denial denial;

    /** Says no. */
    @FunctionalInterface
    public interface Denial {
        void answer(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    public BearerTokenFilter(AdminToken administrator, Tokens tokens, Denial denial) {
        this.administrator = administrator;
        this.tokens = tokens;
        this.denial = denial;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getRequestURI().equals(RoutePermissions.LIVENESS)) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Identity> caller = caller(request);
        if (caller.isEmpty()) {
            denial.answer(request, response);
            return;
        }
        try {
            Callers.answer(caller.get(), () -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (IOException | ServletException | RuntimeException failure) {
            throw failure;
        } catch (Exception undeclared) {
            throw new ServletException(undeclared);
        }
    }

    private Optional<Identity> caller(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        if (headers.size() != 1) {
            return Optional.empty();
        }
        String header = headers.getFirst();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String shown = header.substring(SCHEME.length()).strip();
        return administrator.matches(shown) ? Optional.of(Identity.ADMINISTRATOR) : tokens.identify(shown);
    }
}
