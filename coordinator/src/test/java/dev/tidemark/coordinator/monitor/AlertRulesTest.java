package dev.tidemark.coordinator.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Each alert is seen firing, and not firing, by Prometheus' own judge of rules. */
@Timeout(300)
@SuppressWarnings("NullAway.Init")
class AlertRulesTest {
    private static final Path MONITORING = Path.of("..", "docs", "monitoring");
    private static final String RULES = "tidemark-alerts.yaml";
    private static final String TESTS = "tidemark-alerts.test.yaml";
    private static final long RUN_SECONDS_MAX = 40;

    @TempDir
    Path directory;

    @Test
    void every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() throws IOException {
        Set<String> firing = new TreeSet<>();
        Set<String> silent = new TreeSet<>();
        for (Map<String, Object> one : entries(Files.readString(MONITORING.resolve(TESTS)), "tests")) {
            for (Map<String, Object> check : maps(one.get("alert_rule_test"))) {
                (maps(check.get("exp_alerts")).isEmpty() ? silent : firing).add(String.valueOf(check.get("alertname")));
            }
        }
        Set<String> alerts = new TreeSet<>();
        for (Map<String, Object> group : entries(Files.readString(MONITORING.resolve(RULES)), "groups")) {
            maps(group.get("rules")).forEach(rule -> alerts.add(String.valueOf(rule.get("alert"))));
        }
        assertThat(alerts).hasSize(14);
        assertThat(firing).isEqualTo(alerts);
        assertThat(silent).isEqualTo(alerts);
    }

    @Test
    void the_cases_come_out_as_they_say() throws Exception {
        String rules = Files.readString(MONITORING.resolve(RULES));
        Files.copy(MONITORING.resolve(TESTS), directory.resolve(TESTS));
        Files.writeString(directory.resolve(RULES), rules);
        assertThat(judged()).isZero();
        // and a rule that is wrong is found out: one that comes too late, and one that takes an outage for news
        for (String wrong : List.of(
                rules.replace("> 26 * 3600", "> 27 * 3600"),
                rules.replace(
                        "          and on (job, instance) tidemark_build_info offset 1h) > 0", "          ) > 0"))) {
            assertThat(wrong).isNotEqualTo(rules);
            Files.writeString(directory.resolve(RULES), wrong);
            assertThat(judged()).isEqualTo(1);
        }
    }

    private int judged() throws Exception {
        Process process = new ProcessBuilder(promtool().toString(), "test", "rules", TESTS)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)).as(said).isTrue();
        return process.exitValue();
    }

    /** Taken out of its package by {@code ./tidemark test}, or installed. */
    private static Path promtool() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.concat(
                        Stream.of(Path.of("..", "target", "promtool", "usr", "bin")),
                        Stream.of(path.split(File.pathSeparator, -1)).map(Path::of))
                .map(place -> place.resolve("promtool").toAbsolutePath().normalize())
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "promtool is missing. ./tidemark test fetches it; or: apt-get install prometheus"));
    }

    private static List<Map<String, Object>> entries(String text, String key) {
        Map<String, Object> file = new Yaml().load(text);
        return maps(file.get(key));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> maps(@org.jspecify.annotations.Nullable Object value) {
        return (List<Map<String, Object>>) Objects.requireNonNull(value);
    }
}
