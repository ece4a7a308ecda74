package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.security.Role;
import dev.tidemark.coordinator.security.RoutePermissions;
import dev.tidemark.schema.id.HostName;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/** Before anything of a request is read: whether its caller may call this route. What nobody has decided about is refused. */
public final class Permits implements HandlerInterceptor {
    private static final int FIRST_ERROR = 400;

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (RoutePermissions.isOpen(request.getRequestURI())) {
            return true;
        }
        Optional<Permission> needed = routed(request);
        if (needed.isEmpty()) {
            throw new Refusal(Problem.of(
                    403, "ACCESS_DENIED", "nobody may call this route", "See /v1/openapi.yaml for what there is."));
        }
        require(needed.get());
        ActTrail.current().ifPresent(ActTrail::permitted);
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        if (failure == null && response.getStatus() < FIRST_ERROR) {
            ActKeeping.carriedOut();
        }
    }

    /** Has the record of the request say who calls what, and tells what that takes; empty if nobody may. */
    static Optional<Permission> routed(HttpServletRequest request) {
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        Optional<Permission> needed = RoutePermissions.of(request.getMethod(), String.valueOf(pattern));
        ActTrail.current()
                .ifPresent(trail -> trail.routed(
                        Callers.current(), request.getMethod() + " " + pattern, needed, variables(request)));
        return needed;
    }

    /** What the path names. */
    private static Map<String, String> variables(HttpServletRequest request) {
        Map<String, String> variables = new HashMap<>();
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> found) {
            found.forEach((name, value) -> variables.put(String.valueOf(name), String.valueOf(value)));
        }
        return variables;
    }

    /** Refuses whoever has only some machines: what this member names is no machine's, and may be another one's. */
    public static void requireEveryMachine(String member) {
        Identity caller = Callers.current();
        if (!caller.scope().isAll()) {
            throw new Refusal(Problem.of(
                    403,
                    "ACCESS_DENIED",
                    "a token for some machines only does not reach what '" + member
                            + "' names: it may be another one's",
                    "Use a token that is for every machine."));
        }
    }

    /** Refuses whoever speaks for another hypervisor than this. Whether there is one of that name is not said. */
    public static void requireSpeaker(HostName host) {
        Identity caller = Callers.current();
        if (!caller.speaksFor(host)) {
            throw new Refusal(Problem.of(
                    403,
                    "ACCESS_DENIED",
                    "this credential is bound to the host '"
                            + caller.host().map(HostName::value).orElse("none") + "'",
                    "Run the gateway with --host as the credential was made for, or make one for its host."));
        }
    }

    /** Refuses what the caller may not do. */
    public static void require(Permission permission) {
        Identity caller = Callers.current();
        if (!caller.may(permission)) {
            String roles = Arrays.stream(Role.values())
                    .filter(role -> role.may(permission))
                    .map(Role::word)
                    .collect(Collectors.joining(" or "));
            throw new Refusal(Problem.of(
                    403,
                    "ACCESS_DENIED",
                    "the role " + caller.role().word() + " does not have the permission '"
                            + permission.name().toLowerCase(Locale.ROOT) + "'",
                    "Use a token of the role " + roles + "."));
        }
    }
}
