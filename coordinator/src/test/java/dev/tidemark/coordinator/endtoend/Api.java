package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client of the HTTP interface that shares no code with ours, and takes no answer that is not as the OpenAPI document says. It finds the
 * server by its home, after each restart anew.
 */
final class Api {
    private static final Duration TIME_MAX = Duration.ofMinutes(2);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Path home;

    /** Empty for the administrator's. */
    private final String secret;

    Api(Path home) {
        this(home, "");
    }

    private Api(Path home, String secret) {
        this.home = home;
        this.secret = secret;
    }

    /** By somebody else than the administrator. */
    Api as(String token) {
        return new Api(home, token);
    }

    /** What was answered. */
    record Answer(int status, JsonNode body) {
        String text(String member) {
            return body.path(member).asString("");
        }
    }

    Answer send(String method, String path, @Nullable String body, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server() + path))
                    .timeout(TIME_MAX)
                    .header("Authorization", "Bearer " + token())
                    .method(
                            method,
                            body == null
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString(body));
            if (body != null && !List.of(headers).contains("Content-Type")) {
                request.header("Content-Type", "application/json");
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            HttpResponse<String> response =
                    CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            Contract.require(response);
            String text = response.body();
            return new Answer(
                    response.statusCode(),
                    text.startsWith("{") ? Json.MAPPER.readTree(text) : Json.MAPPER.valueToTree(text));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    Answer post(String path, Map<String, ?> body, String... headers) {
        return send("POST", path, Json.MAPPER.writeValueAsString(body), headers);
    }

    JsonNode get(String path) {
        Answer answer = send("GET", path, null);
        assertThat(answer.status()).as("GET %s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Starts something; gives the operation. */
    JsonNode start(String path, Map<String, ?> body) {
        return accepted(post(path, body));
    }

    JsonNode delete(String path) {
        return accepted(send("DELETE", path, null));
    }

    static JsonNode accepted(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(202);
        return answer.body();
    }

    /** Waits for the end of an operation, over restarts of the coordinator. */
    JsonNode ended(JsonNode operation) {
        String path = "/v1/operations/" + operation.path("id").asString("") + "?wait=5";
        long end = System.nanoTime() + TIME_MAX.toNanos();
        JsonNode now = get(path);
        while (!List.of("DONE", "FAILED").contains(now.path("state").asString(""))) {
            assertThat(System.nanoTime()).as("still %s", now).isLessThan(end);
            now = get(path);
        }
        return now;
    }

    JsonNode done(JsonNode operation) {
        JsonNode now = ended(operation);
        assertThat(now.path("state").asString("")).as("%s", now).isEqualTo("DONE");
        return now;
    }

    JsonNode failed(JsonNode operation, String code) {
        JsonNode now = ended(operation);
        assertThat(now.path("state").asString("")).as("%s", now).isEqualTo("FAILED");
        assertThat(now.path("code").asString("")).as("%s", now).isEqualTo(code);
        assertThat(now.path("remedy").asString("")).as("%s", now).isNotBlank();
        return now;
    }

    void awaitState(JsonNode operation, String state) {
        String path = "/v1/operations/" + operation.path("id").asString("");
        Awaitility.await()
                .atMost(TIME_MAX)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> get(path).path("state").asString("").equals(state));
    }

    String server() throws IOException {
        return Json.MAPPER
                .readTree(Files.readString(home.resolve("server.json")))
                .path("url")
                .asString("");
    }

    private String token() throws IOException {
        return secret.isEmpty() ? Files.readString(home.resolve("admin.token")).strip() : secret;
    }
}
