package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.monitor.tracing.Step;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Answers a request in its caller's trace, or in one that begins here. Behind the filter that knows callers: a stranger's trace is nobody's.
 * What a gateway asks all day, and what supervision asks, begins none.
 */
public final class TraceFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";
    private static final int TRACESTATE_LENGTH_MAX = 512;
    private static final int SERVER_ERROR = 500;

    private final transient Tracing tracing;

    public TraceFilter(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<String> caller = Optional.ofNullable(request.getHeader(TRACEPARENT));
        if (request.getDispatcherType() != DispatcherType.REQUEST || (caller.isEmpty() && !begins(request))) {
            chain.doFilter(request, response);
            return;
        }
        // Its members may come in several headers; what is longer is more than anybody has to pass on.
        Optional<String> state = Optional.of(String.join(",", Collections.list(request.getHeaders(TRACESTATE))))
                .filter(text -> !text.isEmpty() && text.length() <= TRACESTATE_LENGTH_MAX);
        try (Step step = tracing.request(request.getMethod(), caller, state)) {
            step.note("http.request.method", request.getMethod());
            chain.doFilter(request, response);
            Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
            if (route != null) {
                step.named(request.getMethod() + " " + route);
                step.note("http.route", route.toString());
            }
            step.note("http.response.status_code", response.getStatus());
            if (response.getStatus() >= SERVER_ERROR) {
                step.failed();
            }
        }
    }

    private boolean begins(HttpServletRequest request) {
        String path = request.getRequestURI();
        return tracing.isOn()
                && !path.startsWith("/v1/gateways/")
                && !path.startsWith("/health/")
                && !path.equals("/metrics");
    }
}
