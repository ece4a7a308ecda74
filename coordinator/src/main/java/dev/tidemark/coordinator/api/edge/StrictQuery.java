package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that the route does not have, and one that comes twice where one is meant: {@code ?dryrun=true}
 * must not start a backup.
 */
public final class StrictQuery implements HandlerInterceptor {
    private final Map<Method, Map<String, Boolean>> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && request.getQueryString() != null) {
            Map<String, Boolean> repeatable = known.computeIfAbsent(method.getMethod(), ignored -> read(method));
            request.getParameterMap().forEach((name, values) -> check(name, values, repeatable));
        }
        return true;
    }

    private static void check(String name, String[] values, Map<String, Boolean> repeatable) {
        Boolean often = repeatable.get(name);
        if (often == null) {
            throw new Refusal(Problem.of(
                            400,
                            "UNKNOWN_PARAMETER",
                            "this resource has no such query parameter",
                            repeatable.isEmpty()
                                    ? "Leave out the query."
                                    : "Use only: "
                                            + String.join(
                                                    ", ",
                                                    repeatable.keySet().stream()
                                                            .sorted()
                                                            .toList()))
                    .withField(name.length() <= 64 ? name : name.substring(0, 64)));
        }
        if (!often && values.length > 1) {
            throw Refusal.parameter(name, "the query parameter '" + name + "' is given twice", "Give it once.");
        }
    }

    /** The names of the parameters, and whether each may come more than once. */
    private static Map<String, Boolean> read(HandlerMethod method) {
        Map<String, Boolean> names = new HashMap<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
            if (annotation != null) {
                names.put(annotation.value(), Collection.class.isAssignableFrom(parameter.getParameterType()));
            }
        }
        return names;
    }
}
