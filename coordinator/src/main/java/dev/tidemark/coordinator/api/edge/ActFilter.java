package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Acts;
import dev.tidemark.coordinator.security.RoutePermissions;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.schema.id.Ulid;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;

/**
 * Gives each request its id, in the log too, and a trail for the record of it. The address is the connection's: what a header says of others in front is
 * never believed.
 */
public final class ActFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String REQUEST_ID = "X-Request-Id";

    private final transient Acts acts;
    private final SecureRandom random = new SecureRandom();

    public ActFilter(Acts acts) {
        this.acts = acts;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getRequestURI().equals(RoutePermissions.LIVENESS)) {
            chain.doFilter(request, response);
            return;
        }
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        random.nextBytes(randomness);
        String id = Ulid.encode(System.currentTimeMillis(), randomness);
        response.setHeader(REQUEST_ID, id);
        try (LogContext _ = LogContext.of(Map.of(LogContext.REQUEST, id))) {
            new ActTrail(acts, id, request.getMethod(), request.getRequestURI(), request.getRemoteAddr()).answer(() -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (IOException | ServletException | RuntimeException failure) {
            throw failure;
        } catch (Exception undeclared) {
            throw new ServletException(undeclared);
        }
    }
}
