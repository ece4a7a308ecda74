package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses conditions where nobody would look at them: who sends {@code If-Match} counts on it.
 *
 * <p>What starts an operation hands its request on, and {@code If-Match} is read there; that is how it is known here.
 */
public final class Unconditional implements HandlerInterceptor {
    private static final List<String> READING = List.of("GET", "HEAD");

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && !READING.contains(request.getMethod())) {
            boolean handsOn =
                    Arrays.asList(method.getMethod().getParameterTypes()).contains(HttpServletRequest.class);
            if (!handsOn) {
                refuse(request, "If-Match");
            }
            refuse(request, "If-None-Match");
        }
        return true;
    }

    /** Refuses a header that names a condition, if the request has it. */
    public static void refuse(HttpServletRequest request, String header) {
        if (request.getHeader(header) != null) {
            throw new Refusal(Problem.of(
                            400,
                            "PRECONDITION_UNSUPPORTED",
                            "this request cannot be made to depend on '" + header + "'",
                            "Leave the header out.")
                    .withField(header));
        }
    }
}
