package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The bill of materials is that of what is shipped: whoever looks a jar up in it finds the jar. */
@SuppressWarnings("NullAway.Init")
class ShippedPartsIT {
    /** Packed before such tests begin. */
    private static final Path LIBRARY = Path.of("target", "lib");

    private static final Path BILL = Path.of("target", "bom.json");

    /** Compiled by the build from its published sources: the bill has the digest of what was published. */
    private static final String COMPILED_HERE = "picocli-";

    @TempDir
    Path elsewhere;

    /** The jars that are there under no entry, or are not those of their entry. */
    private static List<String> unlisted(Path library) throws Exception {
        JsonNode bill = Json.MAPPER.readTree(Files.readAllBytes(BILL));
        Map<String, String> digests = new HashMap<>();
        digests.put(name(bill.path("metadata").path("component")), "");
        bill.path("components").forEach(component -> digests.put(name(component), digest(component)));
        List<String> found = new ArrayList<>();
        for (Path jar : jars(library)) {
            String name = String.valueOf(jar.getFileName());
            String listed = digests.get(name);
            if (listed == null) {
                found.add(name + " is not listed");
            } else if (!listed.isEmpty() && !name.startsWith(COMPILED_HERE) && !listed.equals(sha256(jar))) {
                found.add(name + " is another one");
            }
        }
        return found;
    }

    private static String name(JsonNode component) {
        return component.path("name").asString("") + "-"
                + component.path("version").asString("") + ".jar";
    }

    private static String digest(JsonNode component) {
        return component
                .path("hashes")
                .valueStream()
                .filter(hash -> hash.path("alg").asString("").equals("SHA-256"))
                .map(hash -> hash.path("content").asString(""))
                .findFirst()
                .orElse("unknown");
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    private static List<Path> jars(Path library) throws IOException {
        try (Stream<Path> files = Files.list(library)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void every_jar_that_is_shipped_is_listed_with_its_digest() throws Exception {
        assertThat(jars(LIBRARY)).hasSizeGreaterThan(50);
        assertThat(unlisted(LIBRARY)).isEmpty();
    }

    @Test
    void a_jar_that_somebody_adds_or_changes_is_found() throws Exception {
        Files.writeString(elsewhere.resolve("left-pad-1.0.jar"), "x");
        String listed = jars(LIBRARY).stream()
                .map(jar -> String.valueOf(jar.getFileName()))
                .filter(name -> name.startsWith("postgresql-"))
                .findFirst()
                .orElseThrow();
        Files.writeString(elsewhere.resolve(listed), "x");
        assertThat(unlisted(elsewhere)).containsExactly("left-pad-1.0.jar is not listed", listed + " is another one");
    }
}
