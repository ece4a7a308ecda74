package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a coordinator answered, or the failure that it told; whatever else speaks HTTP is found out. */
final class Answers {
    static final String LINES = "application/x-ndjson";
    static final String PROBLEM = "application/problem+json";

    private static final int BYTES_MAX = 16 * 1024 * 1024;

    private Answers() {}

    static boolean areLines(HttpResponse<InputStream> response) {
        return response.statusCode() == 200
                && response.headers().firstValue("Content-Type").orElse("").startsWith(LINES);
    }

    /** The lines as elements of one document. */
    static JsonNode collected(HttpResponse<InputStream> response, String list) throws IOException {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        ArrayNode entries = whole.putArray(list);
        try (LineFeed lines = new LineFeed(response.body())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                entries.add(Json.MAPPER.readTree(line));
            }
        } catch (JacksonException malformed) {
            throw strange(200, "a line of it is not JSON");
        }
        return whole;
    }

    static JsonNode understood(HttpResponse<InputStream> response) throws IOException {
        byte[] bytes;
        try (InputStream body = response.body()) {
            bytes = body.readNBytes(BYTES_MAX + 1);
        }
        int status = response.statusCode();
        if (bytes.length > BYTES_MAX) {
            throw strange(status, "its answer is longer than " + BYTES_MAX + " bytes");
        }
        JsonNode document;
        try {
            document = Json.MAPPER.readTree(bytes);
        } catch (JacksonException malformed) {
            throw strange(status, "its answer is not JSON");
        }
        if (!document.isObject()) {
            throw strange(status, "its answer is not a JSON object");
        }
        if (status < 200 || status > 299) {
            throw Failure.problem(status, document);
        }
        return document;
    }

    static Failure strange(int status, String detail) {
        return Failure.local(
                ExitCode.ofProblem(status, ""),
                "STRANGE_ANSWER",
                "the coordinator answered with status " + status + ", but " + detail,
                "check that the address is that of a Tidemark coordinator");
    }
}
