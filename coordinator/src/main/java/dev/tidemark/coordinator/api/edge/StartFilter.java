package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.RoutePermissions;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * As long as the coordinator starts, every route but liveness is answered with how far that is and when to come again; a page, with a page.
 * Behind the filter that knows callers: strangers are turned down as always, and at the doors that are open to them they are not told how
 * far it is.
 */
public final class StartFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final transient Readiness readiness;
    private final transient Answer answer;

    /** Tells whoever asked. */
    @FunctionalInterface
    public interface Answer {
        void write(HttpServletRequest request, HttpServletResponse response, Problem problem, int secondsLeft)
                throws IOException;
    }

    public StartFilter(Readiness readiness, Answer answer) {
        this.readiness = readiness;
        this.answer = answer;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<Readiness.Start> start = readiness.start();
        if (start.isEmpty() || RoutePermissions.isEverThere(request.getRequestURI())) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Identity> caller = Callers.known();
        if (caller.filter(known -> known.role() == Role.GATEWAY).isPresent()) {
            // It comes again and again, by itself: that is no act of anybody's.
            ActTrail.settledNow();
        }
        Readiness.Start now = start.get();
        answer.write(request, response, problem(now, caller.isPresent()), now.secondsLeft());
    }

    private static Problem problem(Readiness.Start start, boolean known) {
        String seconds = Integer.toString(start.secondsLeft());
        return Problem.of(
                        503,
                        "COORDINATOR_STARTING",
                        "the coordinator is starting" + (known ? ": " + start.doing() : ""),
                        "Nothing was done. It goes on by itself: try again in " + seconds + " s.")
                .withHeader("Retry-After", seconds);
    }
}
