package dev.tidemark.coordinator.api.edge;

import dev.tidemark.schema.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes problems, whatever the caller said that it accepts: an error that nobody can read helps nobody. */
public final class ProblemWriter {
    public static final String MEDIA_TYPE = "application/problem+json";
    private static final Logger LOG = LoggerFactory.getLogger(ProblemWriter.class);
    private static final int INSTANCE_LENGTH_MAX = 512;

    private ProblemWriter() {}

    public static void write(HttpServletRequest request, HttpServletResponse response, Problem found) {
        Problem problem = ActKeeping.recorded(found);
        byte[] body = Json.MAPPER.writeValueAsBytes(problem.at(path(request)));
        if (response.isCommitted()) {
            LOG.warn("{} came too late for the answer to {}", problem.code(), path(request));
            return;
        }
        response.resetBuffer();
        response.setStatus(problem.status());
        problem.headers().forEach(response::setHeader);
        response.setContentType(MEDIA_TYPE);
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
            response.flushBuffer();
        } catch (IOException gone) {
            LOG.debug("the caller went away before {} could be told", problem.code(), gone);
        }
    }

    private static String path(HttpServletRequest request) {
        String path = String.valueOf(request.getRequestURI());
        return path.length() <= INSTANCE_LENGTH_MAX ? path : path.substring(0, INSTANCE_LENGTH_MAX);
    }
}
