package dev.tidemark.coordinator.api.edge;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/** What Tomcat turns down before any filter sees it (a malformed request line, too large a header) is a problem too. */
public final class ContainerErrors extends ErrorReportValve {
    public ContainerErrors() {
        setShowReport(false);
        setShowServerInfo(false);
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        ProblemWriter.write(request, response, problem(status));
    }

    private static Problem problem(int status) {
        return switch (status) {
            case 404 ->
                Problem.of(404, "ROUTE_NOT_FOUND", "there is nothing here", "See /v1/openapi.yaml for what there is.");
            case 405 -> Problem.of(405, "METHOD_NOT_ALLOWED", "the method is not known here", "See /v1/openapi.yaml.");
            case 408 -> Problem.of(408, "REQUEST_TOO_SLOW", "the request was not complete in time", "Send it again.");
            case 503 -> Problem.of(503, "STOPPING", "the coordinator is stopping", "Ask again when it is back.");
            // Of these Tomcat says that the server cannot do it; but it is the request that asks for what nobody
            // offers.
            case 501, 505 ->
                Problem.of(
                        status,
                        "BAD_REQUEST",
                        "the request's version of HTTP or its transfer coding is not spoken here",
                        "Send well-formed HTTP/1.1 (RFC 9112).");
            default ->
                status < 500
                        ? Problem.of(
                                status,
                                "BAD_REQUEST",
                                "the request is malformed, or its request line or a header is too long",
                                "Send well-formed HTTP/1.1 (RFC 9112).")
                        : Problem.of(
                                status,
                                "INTERNAL_ERROR",
                                "the coordinator could not answer",
                                "Look at the coordinator's log.");
        };
    }
}
