package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.cli.client.Discovery;
import dev.tidemark.coordinator.cli.client.Endpoint;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The coordinator's HTTP interface for somebody who never gives up: a request without an answer is sent again, with the same
 * idempotency key, until a coordinator answers. So what was asked for is always known by its operation.
 */
final class Wire {
    static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(45);
    private static final long PAUSE_MILLISECONDS = 300;

    private final Discovery discovery;
    private final Tally tally;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    Wire(Path home, Tally tally) {
        this.discovery = new Discovery(home, null, null);
        this.tally = tally;
    }

    /** Nobody answered for longer than any kill explains. */
    static final class Silent extends Exception {
        private static final long serialVersionUID = 1L;

        Silent(String message) {
            super(message);
        }
    }

    JsonNode get(String path) throws Refused, Silent, InterruptedException {
        return exchange("GET", path, null);
    }

    JsonNode post(String path, Map<String, ?> body) throws Refused, Silent, InterruptedException {
        return exchange("POST", path, body);
    }

    JsonNode delete(String path) throws Refused, Silent, InterruptedException {
        return exchange("DELETE", path, null);
    }

    private JsonNode exchange(String method, String path, @org.jspecify.annotations.Nullable Map<String, ?> body)
            throws Refused, Silent, InterruptedException {
        String key = UUID.randomUUID().toString();
        long begin = System.nanoTime();
        String last = "";
        while (System.nanoTime() - begin < PATIENCE.toNanos()) {
            try {
                Endpoint endpoint = discovery.find();
                HttpRequest.Builder builder = endpoint.request("/v1/" + path)
                        .timeout(ANSWER_MAX)
                        .header("Accept", "application/json, application/problem+json");
                if (!method.equals("GET")) {
                    builder.header("Idempotency-Key", key);
                }
                if (body == null) {
                    builder.method(method, BodyPublishers.noBody());
                } else {
                    builder.header("Content-Type", "application/json")
                            .method(method, BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)));
                }
                HttpResponse<byte[]> response = client.send(builder.build(), BodyHandlers.ofByteArray());
                JsonNode document = Json.MAPPER.readTree(response.body());
                if (response.statusCode() < 300) {
                    return document;
                }
                Refused refused = new Refused(
                        response.statusCode(),
                        document.path("code").asString(""),
                        document.path("detail").asString(""));
                if (isFinal(refused, path)) {
                    throw refused;
                }
                tally.count("retried " + refused.status() + " " + refused.code());
                last = String.valueOf(refused.getMessage());
            } catch (IOException | Failure | JacksonException unanswered) {
                // Killed before, during or after the request: the next coordinator knows by the key.
                last = unanswered.toString();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLISECONDS);
        }
        throw new Silent(method + " " + path + " without an answer for " + PATIENCE.toSeconds() + " s: " + last);
    }

    /** A look at a machine that is not there is an answer; a database that is not there will come back. */
    private static boolean isFinal(Refused refused, String path) {
        if (refused.code().equals("IDEMPOTENCY_KEY_IN_USE")) {
            return false;
        }
        return refused.status() < 500 || path.endsWith("/reconciliation");
    }
}
