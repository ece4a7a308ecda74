package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.security.Allowances;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.security.RequestLimits;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Keeps one caller from taking what all have: so many requests a second, and so many that are being answered at a time.
 *
 * <p>Not counted are gateways, without which nothing goes on, and whether the process lives. Streams of events have a limit of their own.
 */
public final class Pace implements HandlerInterceptor {
    private static final int CALLERS_MAX = 10_000;
    private static final String GATEWAYS = "/v1/gateways/";
    private static final Set<String> STREAMS = Set.of("/v1/events", "/ui/stream");
    private static final String COUNTED = Pace.class.getName();

    private final RequestLimits limits;
    private final Allowances requests;
    private final Map<String, Integer> atWork = new ConcurrentHashMap<>();

    public Pace(RequestLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.requests = new Allowances(limits.perSecond(), limits.burst(), CALLERS_MAX, nanoTime);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String path = request.getRequestURI();
        Optional<Identity> known = Callers.known();
        if (known.isEmpty()) {
            // Doors that are open to all: liveness, and the way to sign in, where guesses are limited by address.
            return true;
        }
        Identity caller = known.get();
        if (path.startsWith(GATEWAYS) && caller.may(Permission.GATEWAY)) {
            return true;
        }
        Duration wait = requests.take(caller.name());
        if (wait.isPositive()) {
            throw limited(
                    request,
                    "this caller has sent more than " + limits.perSecond() + " requests a second",
                    seconds(wait));
        }
        if (!STREAMS.contains(path)) {
            int now = atWork.merge(caller.name(), 1, Integer::sum);
            request.setAttribute(COUNTED, caller.name());
            if (now > limits.atOnce()) {
                leave(request);
                throw limited(request, "this caller has " + limits.atOnce() + " requests under way", 1);
            }
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        leave(request);
    }

    private void leave(HttpServletRequest request) {
        if (request.getAttribute(COUNTED) instanceof String caller) {
            request.removeAttribute(COUNTED);
            atWork.computeIfPresent(caller, (name, count) -> count == 1 ? null : Integer.valueOf(count - 1));
        }
    }

    /** Whole seconds, as Retry-After has them, and at least one. */
    static long seconds(Duration wait) {
        return Math.max(1, wait.plusNanos(999_999_999).toSeconds());
    }

    private static Refusal limited(HttpServletRequest request, String detail, long seconds) {
        // It comes no further, and is on record in its caller's name all the same.
        Permits.routed(request);
        return new Refusal(Problem.of(
                        429,
                        "RATE_LIMITED",
                        detail,
                        "Nothing was done. Send it again after the time in Retry-After, and wait with ?wait= instead of asking"
                                + " often.")
                .withHeader("Retry-After", Long.toString(seconds)));
    }
}
