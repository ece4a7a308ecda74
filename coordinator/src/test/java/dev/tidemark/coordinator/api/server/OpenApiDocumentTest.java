package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The document against the schema that the OpenAPI Initiative has published for all documents of OpenAPI 3.1. */
class OpenApiDocumentTest {
    private static final String PUBLISHED = "https://spec.openapis.org/oas/3.1/";

    /** Of the whole document, the schemas in it included. */
    private static final Schema ALL_DOCUMENTS = SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    builder -> builder.schemaIdResolvers(
                            resolvers -> resolvers.mapPrefix(PUBLISHED, "classpath:spec.openapis.org/oas/3.1/")))
            .getSchema(SchemaLocation.of(PUBLISHED + "schema-base/2022-10-07"));

    private static final Path GOLDEN = Path.of("src/test/resources/golden/operation-ids.txt");

    /** Each operation with its method and its path. */
    private static Map<String, JsonNode> operations(JsonNode document) {
        Map<String, JsonNode> operations = new TreeMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(member -> !member.getKey().equals("parameters"))
                        .forEach(method -> operations.put(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), method.getValue())));
        return operations;
    }

    private static JsonNode resolved(JsonNode document, JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isString() ? document.at(reference.asString().substring(1)) : node;
    }

    @Test
    void operations_are_called_what_they_were_always_called() throws IOException {
        List<String> names = operations(Contract.document()).entrySet().stream()
                .map(operation -> operation.getValue().path("operationId").asString("") + " " + operation.getKey())
                .sorted()
                .toList();
        assertThat(names)
                .as("programs are made from it: a new one is a line more, and none is changed")
                .isEqualTo(Files.readAllLines(GOLDEN));
        assertThat(names.stream().map(name -> name.substring(0, name.indexOf(' '))))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z][A-Za-z]+"));
    }

    @Test
    void every_parameter_is_described_and_every_number_has_its_bounds() {
        JsonNode document = Contract.document();
        List<JsonNode> parameters = new ArrayList<>();
        document.path("paths").forEach(path -> path.path("parameters").forEach(parameters::add));
        operations(document)
                .values()
                .forEach(operation -> operation.path("parameters").forEach(parameters::add));
        assertThat(parameters).hasSizeGreaterThan(100).allSatisfy(parameter -> {
            JsonNode known = resolved(document, parameter);
            assertThat(known.path("description").asString("")).as("%s", known).isNotBlank();
            if (known.at("/schema/type").asString("").equals("integer")) {
                assertThat(known.path("schema").has("minimum")).as("%s", known).isTrue();
            }
        });
    }

    @Test
    void every_body_that_says_something_has_an_example_that_would_be_taken() {
        JsonNode document = Contract.document();
        List<String> bodies = new ArrayList<>();
        operations(document).forEach((name, operation) -> {
            JsonNode content = operation.at("/requestBody/content/application~1json");
            if (content.isObject()) {
                bodies.add(name);
                assertThat(content.path("examples").isEmpty()).as(name).isFalse();
                content.path("examples")
                        .forEach(
                                example -> assertThat(Contract.published().requestFindings(name, example.path("value")))
                                        .as(name)
                                        .isEmpty());
            }
        });
        assertThat(bodies).hasSizeGreaterThan(15);
        assertThat(Contract.published().requestFindings("POST /v1/vms", Json.MAPPER.readTree("{\"name\":\"web\"}")))
                .as("one that would not be taken is found out")
                .isNotEmpty();
    }

    private static List<String> violations(JsonNode document) {
        return ALL_DOCUMENTS.validate(document).stream().map(Object::toString).toList();
    }

    @Test
    void the_document_is_one_of_openapi_3_1() {
        assertThat(violations(Contract.document())).isEmpty();
    }

    @Test
    void a_document_that_is_none_is_found_out() {
        Map<String, Consumer<ObjectNode>> spoilt = Map.of(
                "no title",
                document -> ((ObjectNode) document.path("info")).remove("title"),
                "a path that is none",
                document -> ((ObjectNode) document.path("paths"))
                        .set("v1/vms", document.at("/paths/~1v1~1vms").deepCopy()),
                "a parameter that is nowhere",
                document -> ((ObjectNode) document.at("/components/parameters/DryRun")).remove("in"),
                "a path parameter that may be left out",
                document -> ((ObjectNode) document.at("/components/parameters/Vm")).remove("required"),
                "a member that nobody knows",
                document -> ((ObjectNode) document.at("/paths/~1v1~1vms/get")).put("respones", 1),
                "an answer without a description",
                document -> ((ObjectNode) document.at("/components/responses/Problem")).remove("description"),
                "a body without content",
                document -> ((ObjectNode) document.at("/components/requestBodies/Empty")).remove("content"),
                "a type that is none",
                document -> ((ObjectNode) document.at("/components/schemas/Name")).put("type", "strin"),
                "a bound that is no number",
                document -> ((ObjectNode) document.at("/components/parameters/Limit/schema")).put("maximum", "many"));
        spoilt.forEach((what, spoil) -> {
            ObjectNode document = (ObjectNode) Contract.document().deepCopy();
            spoil.accept(document);
            assertThat(violations(document)).as(what).isNotEmpty();
        });
    }
}
