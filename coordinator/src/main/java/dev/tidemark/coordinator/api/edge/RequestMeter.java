package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.monitor.metrics.Metrics;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.springframework.web.servlet.HandlerMapping;

/** Measures every request, outside of everything else. What has no route, or was refused before it was found, is counted as none. */
public final class RequestMeter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String NONE = "none";

    private final transient Metrics metrics;

    public RequestMeter(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            chain.doFilter(request, response);
            return;
        }
        long begun = System.nanoTime();
        try {
            chain.doFilter(request, response);
        } finally {
            Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
            metrics.answered(
                    METHODS.contains(request.getMethod()) ? request.getMethod() : NONE,
                    route == null ? NONE : route.toString(),
                    response.getStatus(),
                    Duration.ofNanos(System.nanoTime() - begun));
        }
    }
}
