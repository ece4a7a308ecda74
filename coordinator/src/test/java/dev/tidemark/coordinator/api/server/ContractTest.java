package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The document as such, and that whoever holds answers against it finds what differs. */
class ContractTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/problems.txt");
    private static final Path SOURCES = Path.of("src/main/java/dev/tidemark/coordinator");

    /** The places where a code and its status are chosen. */
    private static final Pattern CHOSEN = Pattern.compile(
            "(?:Problem\\s*\\.of\\(\\s*(\\w+),\\s*|notFound\\(\\s*|rejected\\(Kind\\.(\\w+), )\"([A-Z][A-Z_]+)\"");

    private static final Map<String, Integer> KINDS = Map.of(
            "BAD_REQUEST",
            400,
            "NOT_FOUND",
            404,
            "CONFLICT",
            409,
            "FULL_REQUIRED",
            409,
            "UNSUPPORTED",
            422,
            "UNAVAILABLE",
            503);

    private static final String EXPORT = """
            {"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","vm":"web","vmId":"01ARZ3NDEKTSV4RRFFQ69G5FAV",
             "backup":"01ARZ3NDEKTSV4RRFFQ69G5FAV","repo":"default","state":"READY","writable":false,
             "leaseUntil":"2026-01-02T03:04:06Z","requestedAt":"2026-01-02T03:04:06Z","readyAt":null,"endedAt":null,
             "code":null,"error":null,"disks":[{"disk":"vda","uri":null,"virtualSize":1}]}""";

    private static final String PROBLEM = """
            {"type":"https://tidemark.dev/problems/export-not-found","title":"Export not found","status":404,"detail":"no",
             "code":"EXPORT_NOT_FOUND","remedy":"look","instance":"/v1/exports/01ARZ3"}""";

    @Test
    void every_code_that_the_sources_choose_is_documented_with_its_status_and_no_other_is() throws IOException {
        Map<String, Set<Integer>> documented = Contract.published().problems();
        Map<String, Set<Integer>> chosen = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                for (MatchResult found :
                        CHOSEN.matcher(Files.readString(file)).results().toList()) {
                    String kind = found.group(2);
                    String status = found.group(1);
                    Set<Integer> statuses = chosen.computeIfAbsent(found.group(3), code -> new TreeSet<>());
                    if (kind != null) {
                        statuses.add(KINDS.get(kind));
                    } else if (status == null) {
                        statuses.add(404);
                    } else if (status.matches("[0-9]+")) {
                        statuses.add(Integer.valueOf(status));
                    }
                }
            }
        }
        // Behind a constant.
        chosen.computeIfAbsent("NAME_TAKEN", code -> new TreeSet<>()).add(409);
        assertThat(documented.keySet()).isEqualTo(chosen.keySet());
        chosen.forEach(
                (code, statuses) -> assertThat(documented.get(code)).as(code).containsAll(statuses));
    }

    @Test
    void codes_are_added_and_never_taken_away() throws IOException {
        Set<String> documented = new TreeSet<>();
        Contract.published()
                .problems()
                .forEach((code, statuses) -> statuses.forEach(status -> documented.add(status + " " + code)));
        if (System.getenv("TIDEMARK_WRITE_GOLDEN") != null) {
            Set<String> all = new TreeSet<>(documented);
            if (Files.exists(GOLDEN)) {
                all.addAll(Files.readAllLines(GOLDEN));
            }
            Files.write(GOLDEN, all);
        }
        assertThat(documented)
                .as("to the end of time; a new one is a line more")
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(GOLDEN));
    }

    @Test
    void each_refusal_of_an_operation_is_a_documented_problem_and_few_are_of_no_operation() {
        Map<String, Set<Integer>> problems = Contract.published().problems();
        assertThat(Contract.published().refusals()).hasSizeGreaterThan(1_000).allSatisfy(refusal -> {
            String[] words = refusal.split(" ", -1);
            assertThat(problems.getOrDefault(words[3], Set.of())).as(refusal).contains(Integer.valueOf(words[2]));
        });
        assertThat(Contract.published().refusalsOfNoOperation())
                .containsExactly("404 REPORT_NOT_FOUND", "404 ROUTE_NOT_FOUND", "405 METHOD_NOT_ALLOWED");
    }

    @Test
    void a_problem_of_another_operation_is_found() {
        String strange = PROBLEM.replace("EXPORT_NOT_FOUND", "VM_NOT_FOUND").replace("export-not", "vm-not");
        assertThat(findings(Contract.document(), 404, strange))
                .containsExactly("VM_NOT_FOUND with 404 is not documented for GET /v1/exports/{export}");
    }

    @Test
    void an_answer_as_documented_is_fine() {
        assertThat(findings(Contract.document(), 200, EXPORT)).isEmpty();
        assertThat(findings(Contract.document(), 404, PROBLEM)).isEmpty();
    }

    @Test
    void what_differs_is_found() {
        JsonNode document = Contract.document();
        for (String spoilt : List.of(
                EXPORT.replace("\"writable\":false,", ""),
                EXPORT.replace("\"writable\":false", "\"writable\":\"false\""),
                EXPORT.replace("\"writable\":false", "\"writable\":false,\"more\":1"),
                EXPORT.replace("\"uri\":null", "\"uri\":null,\"more\":1"),
                EXPORT.replace("READY", "SOON"),
                EXPORT.replace("\"2026-01-02T03:04:06Z\"", "\"yesterday\""),
                EXPORT.replace("01ARZ3", "O1ARZ3"),
                "[]",
                "null")) {
            assertThat(findings(document, 200, spoilt)).as(spoilt).isNotEmpty();
        }
        assertThat(findings(document, 202, EXPORT)).as("another status").isNotEmpty();
        for (String spoilt : List.of(
                PROBLEM.replace("EXPORT_NOT_FOUND", "EXPORT_LOST"),
                PROBLEM.replace("\"remedy\":\"look\",", ""),
                PROBLEM.replace("\"look\"", "\" \""),
                PROBLEM.replace("problems/export", "problems/the-export"),
                PROBLEM.replace("404", "400"),
                PROBLEM.replace("\"code\"", "\"more\":1,\"code\""))) {
            assertThat(findings(document, 404, spoilt)).as(spoilt).isNotEmpty();
        }
        assertThat(findings(document, 409, PROBLEM.replace("404", "409")))
                .as("the code with another status")
                .isNotEmpty();
        assertThat(findings(document, 429, PROBLEM.replace("404", "429")))
                .as("without Retry-After")
                .isNotEmpty();
        assertThat(Contract.published()
                        .findings("GET", "/v1/exports/01ARZ3", new Contract.Answer(200, headers("text/html"), EXPORT)))
                .isNotEmpty();
        Map<String, List<String>> untagged = Map.of("Content-Type", List.of("application/json"));
        assertThat(Contract.published()
                        .findings(
                                "GET",
                                "/v1/exports/01ARZ3",
                                new Contract.Answer(200, HttpHeaders.of(untagged, (name, value) -> true), EXPORT)))
                .as("without its tag")
                .isNotEmpty();
    }

    @Test
    void a_document_with_a_member_or_a_status_missing_is_found_out() {
        ObjectNode document = (ObjectNode) Contract.document();
        ((ObjectNode) document.at("/components/schemas/Export/properties")).remove("writable");
        assertThat(findings(document, 200, EXPORT)).isNotEmpty();

        document = (ObjectNode) Contract.document();
        ((ObjectNode) document.at("/components/schemas/Export/properties"))
                .putObject("owner")
                .put("type", "string");
        assertThat(findings(document, 200, EXPORT)).isNotEmpty();

        document = (ObjectNode) Contract.document();
        ObjectNode responses = (ObjectNode) document.at("/paths/~1v1~1exports~1{export}/get/responses");
        responses.set("201", responses.remove("200"));
        assertThat(findings(document, 200, EXPORT)).isNotEmpty();

        document = (ObjectNode) Contract.document();
        ((ArrayNode) document.at("/components/x-problems/EXPORT_NOT_FOUND/status")).set(0, 410);
        assertThat(findings(document, 404, PROBLEM)).isNotEmpty();
    }

    @Test
    void what_changes_something_can_be_tried_out_or_the_document_says_why_not() {
        List<String> without = new ArrayList<>();
        Contract.document()
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (Set.of("post", "delete", "put", "patch").contains(method.getKey())
                            && !method.getValue().path("parameters").toString().contains("parameters/DryRun")
                            && !method.getValue().path("x-no-dry-run").isString()) {
                        without.add(method.getKey() + " " + path.getKey());
                    }
                }));
        assertThat(without).isEmpty();
    }

    private static List<String> findings(JsonNode document, int status, String text) {
        return Contract.of(document)
                .findings(
                        "GET",
                        "/v1/exports/01ARZ3",
                        new Contract.Answer(
                                status,
                                headers(status < 400 ? "application/json" : "application/problem+json"),
                                Json.MAPPER.readTree(text).toString()));
    }

    private static HttpHeaders headers(String type) {
        Map<String, List<String>> headers = type.equals("application/json") || type.startsWith("text")
                ? Map.of("Content-Type", List.of(type), "ETag", List.of("\"a\""))
                : Map.of("Content-Type", List.of(type));
        return HttpHeaders.of(headers, (name, value) -> true);
    }
}
