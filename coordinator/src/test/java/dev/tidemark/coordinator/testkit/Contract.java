package dev.tidemark.coordinator.testkit;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the OpenAPI document promises of an answer: status, media type, headers, and a body of which each member is documented and each
 * documented member is there. That a member is there at some times only, the document says with {@code x-sometimes}.
 */
public final class Contract {
    public static final String TYPES = "https://tidemark.dev/problems/";
    private static final int FIRST_REFUSAL = 400;
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /** What each status has to come with. */
    private static final Map<Integer, String> HEADERS =
            Map.of(401, "WWW-Authenticate", 405, "Allow", 412, "Content-Type", 429, "Retry-After");

    /** Headers of answers that programs go by: none comes without being documented. */
    private static final List<String> TELLING = List.of("ETag", "Location", "Retry-After");

    private final ObjectNode root;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final Map<String, Map<Integer, Set<String>>> refusals = new ConcurrentHashMap<>();

    /** What a client has received. */
    public record Answer(int status, HttpHeaders headers, String text) {
        public static Answer of(HttpResponse<String> response) {
            return new Answer(response.statusCode(), response.headers(), response.body());
        }
    }

    private Contract(JsonNode document) {
        this.root = (ObjectNode) document.deepCopy();
        close(root);
    }

    /** As it is served. */
    public static Contract published() {
        return Holder.PUBLISHED;
    }

    /** Another document. */
    public static Contract of(JsonNode document) {
        return new Contract(document);
    }

    private static final class Holder {
        static final Contract PUBLISHED = new Contract(document());
    }

    /** The document as it was written. */
    public static JsonNode document() {
        try (InputStream file =
                Objects.requireNonNull(Contract.class.getResourceAsStream("/openapi/tidemark.yaml"), "the document")) {
            return Json.MAPPER.valueToTree(new Yaml().load(new String(file.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The problems that the document knows: each code with the statuses under which it comes. */
    public Map<String, Set<Integer>> problems() {
        Map<String, Set<Integer>> problems = new TreeMap<>();
        root.path("components").path("x-problems").properties().forEach(entry -> {
            Set<Integer> statuses = new TreeSet<>();
            entry.getValue().path("status").forEach(status -> statuses.add(status.asInt()));
            problems.put(entry.getKey(), statuses);
        });
        return problems;
    }

    /** Every operation with every status under which it does what it was asked for, as {@code GET /v1/vms 200}. */
    public Set<String> promised() {
        Set<String> promised = new TreeSet<>();
        operations()
                .forEach((operation, documented) -> documented.path("responses").propertyNames().stream()
                        .filter(status -> !status.equals("default") && Integer.parseInt(status) < FIRST_REFUSAL)
                        .forEach(status -> promised.add(operation + " " + status)));
        return promised;
    }

    /** With what an operation may be refused: each status with its codes. */
    public Map<Integer, Set<String>> refusals(String operation) {
        return refusals.computeIfAbsent(operation, name -> {
            Map<Integer, Set<String>> found = new TreeMap<>();
            JsonNode responses =
                    operations().getOrDefault(name, MissingNode.getInstance()).path("responses");
            resolved(responses.path("default"))
                    .path("x-codes")
                    .properties()
                    .forEach(status -> found.put(Integer.valueOf(status.getKey()), texts(status.getValue())));
            responses.properties().stream()
                    .filter(response -> response.getKey().matches("[45][0-9][0-9]"))
                    // Of a status that is told by its number, nothing is told by the default.
                    .forEach(response -> found.put(Integer.valueOf(response.getKey()), codes(response.getValue())));
            return found;
        });
    }

    /** The codes of a response, as those who make programs of the document read them: what its schema lists. */
    private Set<String> codes(JsonNode response) {
        Set<String> codes = new TreeSet<>();
        resolved(response)
                .at("/content/application~1problem+json/schema/allOf")
                .forEach(part -> codes.addAll(texts(part.at("/properties/code/enum"))));
        return codes;
    }

    private static Set<String> texts(JsonNode list) {
        Set<String> texts = new TreeSet<>();
        list.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    /** Every operation with every refusal, as {@code GET /v1/vms/{vm} 404 VM_NOT_FOUND}. */
    public Set<String> refusals() {
        Set<String> all = new TreeSet<>();
        operations()
                .keySet()
                .forEach(operation -> refusals(operation)
                        .forEach((status, codes) ->
                                codes.forEach(code -> all.add(operation + " " + status + " " + code))));
        return all;
    }

    /** What is refused where no operation is, as {@code 404 ROUTE_NOT_FOUND}. */
    public Set<String> refusalsOfNoOperation() {
        Set<String> nowhere = new TreeSet<>();
        problems().forEach((code, statuses) -> statuses.forEach(status -> nowhere.add(status + " " + code)));
        refusals().forEach(refusal -> nowhere.remove(refusal.replaceFirst("^\\S+ \\S+ ", "")));
        return nowhere;
    }

    /** All that can be received. */
    public Set<String> answers() {
        Set<String> answers = new TreeSet<>(promised());
        answers.addAll(refusals());
        answers.addAll(refusalsOfNoOperation());
        return answers;
    }

    private Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(method -> METHODS.contains(method.getKey()))
                        .forEach(method -> operations.put(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), method.getValue())));
        return operations;
    }

    private JsonNode resolved(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? root.at(reference.asString().substring(1)) : node;
    }

    /** The operation that a request is one of, as {@code GET /v1/vms/{vm}}. */
    public Optional<String> operation(String method, String path) {
        String bare = path.replaceAll("\\?.*", "");
        String wanted = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
        return root.path("paths").properties().stream()
                .filter(entry -> entry.getValue().has(wanted))
                .map(Map.Entry::getKey)
                .filter(pattern ->
                        bare.matches(pattern.replaceAll("\\{[a-z]+}", "[^/]+").replace(".", "\\.")))
                // What is spelt out comes before what stands for anything.
                .min((one, other) -> Integer.compare(one.split("\\{", -1).length, other.split("\\{", -1).length))
                .map(pattern -> wanted.toUpperCase(Locale.ROOT) + " " + pattern);
    }

    /**
     * Holds what a test's client has received against the published document; of what is no part of the interface, as the pages, nothing is
     * said.
     *
     * @throws AssertionError if it is not as documented
     */
    public static void require(HttpResponse<String> response) {
        URI asked = response.request().uri();
        String path = asked.getRawPath() + (asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery());
        if (path.matches("/(v1|health|metrics)\\b.*")) {
            require(response.request().method(), path, Answer.of(response));
        }
    }

    /** As {@link #require(HttpResponse)}. */
    public static void require(String method, String path, Answer answer) {
        List<String> findings = published().findings(method, path, answer);
        if (!findings.isEmpty()) {
            throw new AssertionError(
                    method + " " + path + " is not as documented: " + findings + " in " + answer.text());
        }
        ReceivedAnswers.note(method, path, answer);
    }

    /**
     * Holds a message of the stream of events against the document.
     *
     * @throws AssertionError if it is not as documented
     */
    public static void requireMessage(String event, String data) {
        List<String> findings = published().messageFindings(event, data);
        if (!findings.isEmpty()) {
            throw new AssertionError("the message " + event + " is not as documented: " + findings + " in " + data);
        }
    }

    /** What is wrong with a message of the stream of events. */
    public List<String> messageFindings(String event, String data) {
        String form = event.equals("progress") ? "x-progress" : "x-data";
        return violations("/paths/~1v1~1events/get/responses/200/content/text~1event-stream/" + form, data);
    }

    /** What is wrong with the body of a request. */
    public List<String> requestFindings(String operation, JsonNode body) {
        String[] parts = operation.split(" ", 2);
        return violations(
                "/paths/" + escaped(parts[1]) + "/" + parts[0].toLowerCase(Locale.ROOT)
                        + "/requestBody/content/application~1json/schema",
                body.toString());
    }

    /** What is wrong with an answer; nothing if it is as promised. */
    public List<String> findings(String method, String path, Answer answer) {
        List<String> findings = new ArrayList<>();
        Optional<String> operation = operation(method, path);
        if (answer.status() >= FIRST_REFUSAL) {
            problem(operation, answer, method.equals("HEAD"), findings);
            return findings;
        }
        if (operation.isEmpty()) {
            return List.of("no such operation, and no problem either: " + answer.status());
        }
        String[] parts = operation.get().split(" ", 2);
        String place = "/paths/" + escaped(parts[1]) + "/" + parts[0].toLowerCase(Locale.ROOT) + "/responses/"
                + answer.status();
        String resolved = resolved(place);
        JsonNode response = root.at(resolved);
        if (response.isMissingNode()) {
            return List.of("status " + answer.status() + " is not documented for " + operation.get());
        }
        response.path("headers")
                .properties()
                .forEach(header ->
                        header(header.getKey(), header.getValue(), answer).ifPresent(findings::add));
        for (String name : TELLING) {
            if (answer.headers().firstValue(name).isPresent()
                    && !response.path("headers").has(name)) {
                findings.add(name + " is not documented");
            }
        }
        content(response, resolved, answer, method.equals("HEAD"), findings);
        return findings;
    }

    /** What is wrong with a header that is documented, if anything is. */
    private Optional<String> header(String name, JsonNode documented, Answer answer) {
        JsonNode header = documented.path("$ref").isString()
                ? root.at(documented.path("$ref").asString().substring(1))
                : documented;
        String form = header.path("schema").path("pattern").asString(".*");
        Optional<String> value = answer.headers().firstValue(name);
        if (value.isEmpty()) {
            return Optional.of("without the header " + name);
        }
        return value.get().matches(form) ? Optional.empty() : Optional.of(name + " is '" + value.get() + "'");
    }

    private void content(JsonNode response, String place, Answer answer, boolean head, List<String> findings) {
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        JsonNode content = response.path("content");
        if (content.isEmpty()) {
            if (!answer.text().isEmpty()) {
                findings.add("a body, and none is documented");
            }
        } else if (!content.has(type)) {
            findings.add("media type '" + type + "' is not documented");
        } else if (type.equals("application/json") && !head) {
            findings.addAll(violations(place + "/content/application~1json/schema", answer.text()));
        }
    }

    private void problem(Optional<String> operation, Answer answer, boolean head, List<String> findings) {
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (!type.equals("application/problem+json")) {
            findings.add("a refusal that is no problem: " + type);
        }
        Optional.ofNullable(HEADERS.get(answer.status()))
                .filter(header -> answer.headers().firstValue(header).isEmpty())
                .ifPresent(header -> findings.add(answer.status() + " without " + header));
        if (head) {
            return;
        }
        findings.addAll(violations("/components/schemas/Problem", answer.text()));
        JsonNode problem = json(answer.text());
        String code = problem.path("code").asString("");
        if (!problems().getOrDefault(code, Set.of()).contains(answer.status())) {
            findings.add(code + " with " + answer.status() + " is not documented");
        }
        if (operation.isPresent()
                && !refusals(operation.get())
                        .getOrDefault(answer.status(), Set.of())
                        .contains(code)) {
            findings.add(code + " with " + answer.status() + " is not documented for " + operation.get());
        }
        if (code.equals("COORDINATOR_STARTING")
                && answer.headers().firstValue("Retry-After").isEmpty()) {
            findings.add(code + " without Retry-After");
        }
        if (problem.path("status").asInt() != answer.status()) {
            findings.add("says that it is a " + problem.path("status"));
        }
        if (!problem.path("type")
                .asString("")
                .equals(TYPES + code.toLowerCase(Locale.ROOT).replace('_', '-'))) {
            findings.add("another type than its code: " + problem.path("type"));
        }
        if (problem.path("remedy").asString("").isBlank()) {
            findings.add("no remedy");
        }
    }

    private List<String> violations(String place, String text) {
        Schema schema = schemas.computeIfAbsent(place, pointer -> {
            ObjectNode whole = Json.MAPPER.createObjectNode();
            whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
            whole.put("$ref", "#" + pointer.replace("{", "%7B").replace("}", "%7D"));
            whole.set("components", root.path("components"));
            whole.set("paths", root.path("paths"));
            return registry.getSchema(whole);
        });
        return schema.validate(json(text)).stream().map(Object::toString).toList();
    }

    /** What is no JSON at all is missing: whatever is documented, it is not that. */
    private static JsonNode json(String text) {
        try {
            return Json.MAPPER.readTree(text);
        } catch (JacksonException none) {
            return Json.MAPPER.nullNode();
        }
    }

    private String resolved(String place) {
        JsonNode reference = root.at(place).path("$ref");
        return reference.isString() ? reference.asString().substring(1) : place;
    }

    private static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    /** Nothing but what is documented, and all of it. */
    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("properties").isObject()) {
            if (!object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
            if (!object.has("required")) {
                ArrayNode required = object.putArray("required");
                object.path("properties").properties().stream()
                        .filter(property ->
                                !property.getValue().path("x-sometimes").asBoolean(false))
                        .forEach(property -> required.add(property.getKey()));
            }
        }
        if (node instanceof ObjectNode object) {
            // Whoever asks may leave out what the document does not require.
            object.properties().stream()
                    .filter(member -> !Set.of("requestBody", "requestBodies").contains(member.getKey()))
                    .forEach(member -> close(member.getValue()));
        } else {
            node.forEach(Contract::close);
        }
    }
}
