package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that the route does not have, one that comes twice where one is meant, and one without a value, which
 * Spring would take for one that was left out: neither {@code ?dryrun=true} nor {@code ?dryRun=} may start a backup.
 */
public final class StrictQuery implements HandlerInterceptor {
    private final Map<Method, Map<String, Form>> known = new ConcurrentHashMap<>();

    /** How a parameter may be given; what is taken as plain text is given to its resource without a value, too. */
    private record Form(boolean repeatable, boolean mayBeEmpty) {}

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && request.getQueryString() != null) {
            Map<String, Form> forms = known.computeIfAbsent(method.getMethod(), ignored -> read(method));
            request.getParameterMap().forEach((name, values) -> check(name, values, forms));
        }
        return true;
    }

    private static void check(String name, String[] values, Map<String, Form> forms) {
        Form form = forms.get(name);
        if (form == null) {
            throw new Refusal(Problem.of(
                            400,
                            "UNKNOWN_PARAMETER",
                            "this resource has no such query parameter",
                            forms.isEmpty()
                                    ? "Leave out the query."
                                    : "Use only: "
                                            + String.join(
                                                    ", ",
                                                    forms.keySet().stream()
                                                            .sorted()
                                                            .toList()))
                    .withField(name.length() <= 64 ? name : name.substring(0, 64)));
        }
        if (!form.mayBeEmpty() && Arrays.asList(values).contains("")) {
            throw Refusal.parameter(
                    name, "the query parameter '" + name + "' has no value", "Give it one, or leave it out.");
        }
        if (!form.repeatable() && values.length > 1) {
            throw Refusal.parameter(name, "the query parameter '" + name + "' is given twice", "Give it once.");
        }
    }

    /** The parameters by their names. */
    private static Map<String, Form> read(HandlerMethod method) {
        Map<String, Form> names = new HashMap<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
            if (annotation != null) {
                names.put(
                        annotation.value(),
                        new Form(
                                Collection.class.isAssignableFrom(parameter.getParameterType()),
                                annotation.defaultValue().isEmpty()
                                        || parameter.nestedIfOptional().getNestedParameterType() == String.class));
            }
        }
        return names;
    }
}
