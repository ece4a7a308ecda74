package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is shipped may be shipped: of each component's licences at least one lets it be used in a product under any licence. */
class LicencesTest {
    /** Written by the build before the tests run. */
    private static final Path BILL = Path.of("target", "bom.json");

    private static final Set<String> ALLOWED = Set.of(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "EPL-1.0",
            "EPL-2.0",
            "ISC",
            "MIT",
            "MIT-0",
            "MPL-2.0",
            "PostgreSQL");

    /** Where several are named, the choice is ours; where none is, nobody allowed anything. */
    private static List<String> forbidden(JsonNode bill) {
        List<String> found = new ArrayList<>();
        for (JsonNode component : bill.path("components")) {
            List<String> licences = new ArrayList<>();
            for (JsonNode choice : component.path("licenses")) {
                JsonNode licence = choice.path("license");
                licences.add(licence.path("id")
                        .asString(licence.path("name")
                                .asString(choice.path("expression").asString("unnamed"))));
            }
            if (licences.stream().noneMatch(ALLOWED::contains)) {
                found.add(component.path("purl").asString("") + " " + licences);
            }
        }
        return found;
    }

    @Test
    void everything_that_is_shipped_has_an_allowed_licence() throws Exception {
        JsonNode bill = Json.MAPPER.readTree(Files.readAllBytes(BILL));
        assertThat(bill.path("bomFormat").asString("")).isEqualTo("CycloneDX");
        assertThat(bill.path("components")
                        .valueStream()
                        .map(component -> component.path("name").asString("")))
                .contains("axon-eventsourcing", "postgresql", "picocli", "qmp-gateway", "schema")
                .doesNotContain("junit-jupiter", "archunit");
        assertThat(bill.path("components").valueStream())
                .allSatisfy(component ->
                        assertThat(component.path("version").asString("")).isNotEmpty());
        assertThat(forbidden(bill)).isEmpty();
    }

    @Test
    void a_forbidden_licence_is_found_beside_allowed_ones() {
        JsonNode bill = Json.MAPPER.readTree("""
                {"components": [
                 {"purl": "a", "licenses": [{"license": {"id": "MIT"}}]},
                 {"purl": "b", "licenses": [{"license": {"id": "AGPL-3.0-only"}}]},
                 {"purl": "c", "licenses": [{"license": {"id": "GPL-2.0-with-classpath-exception"}}, {"license": {"id": "EPL-2.0"}}]},
                 {"purl": "d", "licenses": [{"license": {"name": "Our own terms"}}]},
                 {"purl": "e"}]}
                """);
        assertThat(forbidden(bill)).containsExactly("b [AGPL-3.0-only]", "d [Our own terms]", "e []");
    }
}
