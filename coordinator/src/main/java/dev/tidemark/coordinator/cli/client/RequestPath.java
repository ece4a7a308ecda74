package dev.tidemark.coordinator.cli.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The path and query of a request, each part escaped when it is added. */
public final class RequestPath {
    private final String text;
    private final boolean queried;

    private RequestPath(String text, boolean queried) {
        this.text = text;
        this.queried = queried;
    }

    /** Below the first version of the interface. */
    public static RequestPath v1(String... segments) {
        StringBuilder path = new StringBuilder("/v1");
        for (String segment : segments) {
            path.append('/').append(escaped(segment));
        }
        return new RequestPath(path.toString(), false);
    }

    /** Outside the versioned interface. */
    public static RequestPath of(String fixed) {
        return new RequestPath(fixed, false);
    }

    /** With one more query parameter. */
    public RequestPath with(String parameter, String value) {
        return new RequestPath(text + (queried ? '&' : '?') + parameter + '=' + escaped(value), true);
    }

    private static String escaped(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return text;
    }
}
