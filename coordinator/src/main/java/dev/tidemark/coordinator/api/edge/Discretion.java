package dev.tidemark.coordinator.api.edge;

import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.security.Confidential;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.schema.json.Json;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** The way out of every answer: what its caller may not know is not in it. */
@ControllerAdvice
public final class Discretion implements ResponseBodyAdvice<Object> {
    @Override
    public boolean supports(MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returned,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        return body == null || body instanceof byte[] || Callers.mayNow(Permission.DATA)
                ? body
                : Confidential.blank(Json.MAPPER.valueToTree(body));
    }
}
