package dev.tidemark.coordinator.nthcall;

import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** Sends a request as it is told to, repeats nothing by itself, and takes no answer that is not as the OpenAPI document says. */
final class Client implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final URI server;
    private final String secret;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Client(URI server, String secret) {
        this.server = server;
        this.secret = secret;
    }

    /** What is asked for, under which key. */
    record Request(String method, String path, String body) {
        static Request get(String path) {
            return new Request("GET", path, "");
        }

        static Request post(String path, String body) {
            return new Request("POST", path, body);
        }

        static Request delete(String path) {
            return new Request("DELETE", path, "");
        }
    }

    /** An answer. */
    record Answer(int status, String text) {
        JsonNode json() {
            return Json.MAPPER.readTree(text);
        }

        String word(String member) {
            return json().path(member).asString("");
        }
    }

    Answer send(Request request, String idempotencyKey) {
        HttpRequest.Builder built = HttpRequest.newBuilder(server.resolve(request.path()))
                .timeout(ANSWER_LIMIT)
                .header("Authorization", "Bearer " + secret)
                .method(
                        request.method(),
                        request.body().isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(request.body()));
        if (!request.body().isEmpty()) {
            built.header("Content-Type", "application/json");
        }
        if (!idempotencyKey.isEmpty()) {
            built.header("Idempotency-Key", idempotencyKey);
        }
        try {
            var response = http.send(built.build(), BodyHandlers.ofString());
            Contract.require(response);
            return new Answer(response.statusCode(), response.body());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
