package dev.tidemark.coordinator.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses a request whose caller would not take the answer, before anything is done: Spring finds that out when it writes the answer, and
 * by then a backup that was asked for would be running.
 *
 * <p>Where a resource says itself what it produces, it is not chosen for such a request.
 */
public final class Acceptable implements HandlerInterceptor {
    private static final List<String> FOR_PROGRAMS = List.of("/v1/", "/health/");

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws HttpMediaTypeNotAcceptableException {
        boolean inJson = FOR_PROGRAMS.stream().anyMatch(request.getRequestURI()::startsWith)
                && handler instanceof HandlerMethod method
                && producesWhatItIsAskedFor(method);
        if (inJson && !accepts(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)))) {
            throw new HttpMediaTypeNotAcceptableException(List.of(MediaType.APPLICATION_JSON));
        }
        return true;
    }

    private static boolean producesWhatItIsAskedFor(HandlerMethod method) {
        RequestMapping mapping = method.getMethodAnnotation(RequestMapping.class);
        return mapping != null && mapping.produces().length == 0;
    }

    private static boolean accepts(List<String> accepted) {
        try {
            List<MediaType> types = MediaType.parseMediaTypes(accepted);
            return types.isEmpty()
                    || types.stream()
                            .anyMatch(type ->
                                    type.getQualityValue() > 0 && type.isCompatibleWith(MediaType.APPLICATION_JSON));
        } catch (InvalidMediaTypeException malformed) {
            return false;
        }
    }
}
