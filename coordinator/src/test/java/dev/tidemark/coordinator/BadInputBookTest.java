package dev.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The book of bad input names tests: they are there. */
class BadInputBookTest {
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))\\.([a-z][A-Za-z_0-9]+)`");

    /** Some classes of a name are two, of two packages. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (String module : List.of("schema", "qmp-gateway", "coordinator")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
                for (Path file :
                        files.filter(one -> one.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    sources.merge(name, Files.readString(file), String::concat);
                }
            }
        }
        return sources;
    }

    private static List<String> missing(String book) throws IOException {
        Map<String, String> tests = tests();
        List<String> missing = new ArrayList<>();
        Matcher named = NAMED.matcher(book);
        while (named.find()) {
            if (!tests.getOrDefault(named.group(1), "").contains(" void " + named.group(2) + "(")) {
                missing.add(named.group());
            }
        }
        return missing;
    }

    @Test
    void every_line_names_a_test_that_is_there() throws IOException {
        String book = Files.readString(Path.of("src", "test", "resources", "bad-input.md"));
        assertThat(missing(book)).isEmpty();
        List<String> lines = book.lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| what"))
                .collect(Collectors.toList());
        assertThat(lines)
                .hasSizeGreaterThan(30)
                .allMatch(line -> NAMED.matcher(line).find());
    }

    @Test
    void sabotaged_a_test_that_is_gone_is_missed() throws IOException {
        assertThat(missing("| x | `BadInputIT.a_bad_body_is_a_400`, `BadInputIT.a_test_that_went` |"))
                .containsExactly("`BadInputIT.a_test_that_went`");
    }
}
