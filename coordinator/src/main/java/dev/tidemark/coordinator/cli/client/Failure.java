package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.json.Json;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A command's end that is not a success: what happened, what to do, and the document that a script can read. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String TYPE_PREFIX = "https://tidemark.dev/problems/";

    private final ExitCode exitCode;
    private final String remedy;
    private final transient JsonNode document;

    private Failure(ExitCode exitCode, String detail, String remedy, JsonNode document) {
        super(detail);
        this.exitCode = exitCode;
        this.remedy = remedy;
        this.document = document;
    }

    /** A failure that the coordinator did not put into words; shaped like the ones that it does. */
    public static Failure local(ExitCode exitCode, String code, String detail, String remedy) {
        ObjectNode document = Json.MAPPER.createObjectNode();
        document.put("type", TYPE_PREFIX + code.toLowerCase(Locale.ROOT).replace('_', '-'));
        document.put("title", code.toLowerCase(Locale.ROOT).replace('_', ' '));
        document.put("detail", detail);
        document.put("code", code);
        document.put("remedy", remedy);
        return new Failure(exitCode, detail, remedy, document);
    }

    /** A problem document of the coordinator. */
    static Failure problem(int status, JsonNode document) {
        String code = document.path("code").asString("");
        String detail = document.path("detail").asString("");
        if (detail.isEmpty()) {
            detail = document.path("title").asString("the coordinator answered with status " + status);
        }
        String remedy = document.path("remedy").asString("");
        return new Failure(ExitCode.ofProblem(status, code), detail, remedy, document);
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** By which programs know what happened; empty if nobody said. */
    String code() {
        return document.path("code").asString("");
    }

    /** What happened, in one sentence. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** What to do about it; empty if nobody knows. */
    public String remedy() {
        return remedy;
    }

    /** The problem document. */
    public JsonNode document() {
        return document;
    }
}
