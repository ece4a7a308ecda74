package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.json.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is asked of a coordinator, the same at each try and at whichever coordinator.
 *
 * @param list the member of which an answer of many lines has the elements; null if it has to be a document
 */
record Request(
        String method,
        RequestPath path,
        @Nullable JsonNode body,
        @Nullable IdempotencyKey key,
        Expected expected,
        Duration patience,
        @Nullable String list) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A question, which the coordinator may keep open for a while. */
    static Request get(RequestPath path, Duration heldOpen) {
        return new Request("GET", path, null, null, Expected.NOTHING, PATIENCE.plus(heldOpen), null);
    }

    /** A question. */
    static Request get(RequestPath path) {
        return get(path, Duration.ZERO);
    }

    /** A question of which the answer may be many lines. */
    static Request list(RequestPath path, String member) {
        return new Request("GET", path, null, null, Expected.NOTHING, PATIENCE, member);
    }

    static Request post(RequestPath path, JsonNode body, Expected expected, Duration heldOpen) {
        return new Request("POST", path, body, IdempotencyKey.fresh(), expected, PATIENCE.plus(heldOpen), null);
    }

    static Request delete(RequestPath path, Expected expected) {
        return new Request("DELETE", path, null, IdempotencyKey.fresh(), expected, PATIENCE, null);
    }

    static Request put(RequestPath path, JsonNode body, Expected expected) {
        return new Request("PUT", path, body, null, expected, PATIENCE, null);
    }

    /** For one coordinator, as a part of this trace. */
    HttpRequest to(Endpoint endpoint, Optional<String> trace) {
        HttpRequest.Builder builder = endpoint.request(path.toString())
                .timeout(patience)
                .header("Accept", (list == null ? "" : Answers.LINES + ", ") + "application/json, " + Answers.PROBLEM);
        if (key != null) {
            builder.header("Idempotency-Key", key.value());
        }
        expected.tag().ifPresent(tag -> builder.header("If-Match", tag));
        trace.ifPresent(parent -> builder.header("traceparent", parent));
        if (body == null) {
            return builder.method(method, BodyPublishers.noBody()).build();
        }
        return builder.header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)))
                .build();
    }

    /** For one coordinator, whose answer does not end. */
    HttpRequest.Builder opening(Endpoint endpoint, String mediaType) {
        return endpoint.request(path.toString())
                .timeout(patience)
                .header("Accept", mediaType + ", " + Answers.PROBLEM)
                .GET();
    }
}
