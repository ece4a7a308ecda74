package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/** Where Spring's dispatcher hands over whatever a resource, a body or a route gave rise to. */
public final class EdgeExceptionResolver implements HandlerExceptionResolver {
    @Override
    public ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception failure) {
        ProblemWriter.write(request, response, Sorting.problem(failure, request));
        return new ModelAndView();
    }
}
