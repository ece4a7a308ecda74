package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** What is measured after a night with a forced full and a stranger's bitmap, and what the files that we ship ask of it. */
@Timeout(300)
@ExtendWith(Site.Shared.class)
class MonitoringIT {
    private static final Path DOCS = Path.of("..", "docs");
    private static final String STRANGE = "tm-01ARZ3NDEKTSV4RRFFQ69G5FAV";

    private final Machine machine = new Machine(1);
    private final Site site;
    private final Client client;

    MonitoringIT(Site site) {
        this.site = site;
        client = Client.of(site, machine);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void a_night_is_measured_and_every_rule_panel_and_line_of_the_page_finds_its_figures() throws Exception {
        // given a full, an incremental, a full because somebody removed the bitmap, and a bitmap that nobody knows
        Instant begun = Instant.now();
        Client.Made first = client.backUp();
        site.api().done(site.api().start("/v1/backups/" + first.id() + "/verify", Map.of()));
        machine.writeGranule("d0", 1);
        client.backUp();
        machine.bitmaps("d0").keySet().forEach(bitmap -> machine.bitmapVerb("block-dirty-bitmap-remove", "d0", bitmap));
        client.backUp();
        machine.addBitmap("d0", STRANGE, "");
        client.reconcile();

        // when
        Scrape scrape = scrape();

        // then
        String vm = client.vm();
        assertThat(scrape.value("tidemark_vm_up", "vm", vm, "host", "here")).isEqualTo(1);
        assertThat(scrape.value("tidemark_full_disks_total", "vm", vm, "cause", "no_backup_in_repository"))
                .isEqualTo(1);
        assertThat(scrape.value("tidemark_full_disks_total", "vm", vm)).isEqualTo(2);
        assertThat(scrape.value("tidemark_full_disks_total", "vm", vm, "cause", "bitmap_missing"))
                .isEqualTo(1);
        assertThat(scrape.value("tidemark_drift", "vm", vm, "kind", "unknown_bitmap"))
                .isEqualTo(1);
        assertThat(scrape.value("tidemark_disk_chain_healthy", "vm", vm, "disk", "d0"))
                .isEqualTo(1);
        assertThat(scrape.value("tidemark_disk_chain_bitmaps", "vm", vm, "disk", "d0"))
                .isEqualTo(1);
        assertThat(scrape.value("tidemark_vm_last_backup_timestamp_seconds", "vm", vm))
                .isBetween(begun.getEpochSecond() * 1.0, Instant.now().getEpochSecond() + 1.0);
        assertThat(scrape.value("tidemark_vm_last_verified_backup_timestamp_seconds", "vm", vm))
                .isLessThan(scrape.value("tidemark_vm_last_backup_timestamp_seconds", "vm", vm));
        assertThat(scrape.value("tidemark_backups_total", "mode", "push", "outcome", "completed"))
                .isGreaterThanOrEqualTo(3);
        assertThat(scrape.value("tidemark_append_duration_seconds_count")).isPositive();
        assertThat(scrape.value("tidemark_wake_duration_seconds_count")).isPositive();
        assertThat(scrape.value(
                        "tidemark_qmp_command_duration_seconds_count", "command", "transaction", "outcome", "answered"))
                .isPositive();
        assertThat(scrape.value(
                        "tidemark_http_request_duration_seconds_count",
                        "route",
                        "/v1/vms/{vm}/backups",
                        "status",
                        "202"))
                .isGreaterThanOrEqualTo(3);
        assertThat(scrape.samples())
                .noneMatch(
                        sample -> sample.labels().values().stream().anyMatch(value -> value.contains("/v1/vms/" + vm)));

        // and what asks of it asks of something
        for (String expression : rules()) {
            assertThat(missing(scrape, expression)).as(expression).isEmpty();
        }
        for (String expression : panels()) {
            assertThat(missing(scrape, expression)).as(expression).isEmpty();
        }
        Set<String> told = told();
        Set<String> there = new TreeSet<>();
        scrape.names().stream()
                .filter(name -> name.startsWith("tidemark_"))
                .map(name -> name.replaceFirst("_(bucket|sum|count)$", ""))
                .forEach(there::add);
        there.add("tidemark_log_head_timestamp_seconds");
        assertThat(told).isEqualTo(there);
        // and an expression with a slip is found out
        assertThat(scrape.misses("time() - tidemark_vm_last_backup_seconds > 1"))
                .containsExactly("tidemark_vm_last_backup_seconds");
        assertThat(scrape.misses("tidemark_drift{sort=\"a\"} > 0")).containsExactly("tidemark_drift{sort}");
        assertThat(scrape.misses("sum by (machine) (tidemark_drift)")).containsExactly("by machine");
        assertThatThrownBy(() -> Scrape.of("# TYPE a gauge\na{b=\"c\" 1\n")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Scrape.of("# TYPE a counter\na 1\n")).isInstanceOf(AssertionError.class);

        // and a token for other machines gets none of it, one for this machine nothing else
        assertThat(scrape("other-*").samples()).isEmpty();
        assertThat(scrape(vm).samples())
                .isNotEmpty()
                .allSatisfy(sample -> assertThat(sample.labels()).containsEntry("vm", vm));

        // and what the log counts goes on over a restart
        site.restart();
        Scrape after = scrape();
        assertThat(after.value("tidemark_full_disks_total", "vm", vm)).isEqualTo(2);
        assertThat(after.value("tidemark_backups_total", "mode", "push", "outcome", "completed"))
                .isEqualTo(scrape.value("tidemark_backups_total", "mode", "push", "outcome", "completed"));
    }

    @Test
    void a_healthy_coordinator_says_how_each_part_is_and_less_to_whom_it_concerns_less() throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> site.api().send("GET", "/health/ready", null).status() == 200);
        JsonNode ready = site.api().get("/health/ready");
        assertThat(ready.path("status").asString("")).isEqualTo("UP");
        assertThat(ready.path("checks")
                        .valueStream()
                        .map(check -> check.path("name").asString("")))
                .containsExactly("coordinator", "database", "catch-up", "heads", "home", "gateway");
        assertThat(ready.path("checks").valueStream())
                .allSatisfy(
                        check -> assertThat(check.path("detail").asString("")).isNotBlank());
        JsonNode less = Json.MAPPER.readTree(asked("/health/ready", token("web-*")));
        assertThat(less.path("checks").valueStream())
                .hasSize(6)
                .allSatisfy(check -> assertThat(check.has("detail")).isFalse());
    }

    private static List<String> missing(Scrape scrape, String expression) {
        List<String> missing = new ArrayList<>(scrape.misses(expression));
        // A minute may pass before the first is signed.
        missing.remove("tidemark_log_head_timestamp_seconds");
        return missing;
    }

    private static List<String> rules() throws IOException {
        List<String> expressions = new ArrayList<>();
        Set<String> told = new TreeSet<>();
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(Files.readString(DOCS.resolve("monitoring/tidemark-alerts.yaml")));
        String page = Files.readString(DOCS.resolve("operations.md"));
        for (Map<String, List<Map<String, Object>>> group : Objects.requireNonNull(file.get("groups"))) {
            for (Map<String, Object> rule : Objects.requireNonNull(group.get("rules"))) {
                expressions.add(String.valueOf(rule.get("expr")));
                assertThat(page).contains("### " + rule.get("alert") + "\n");
                told.add(String.valueOf(rule.get("alert")));
            }
        }
        assertThat(told).hasSizeGreaterThan(10);
        return expressions;
    }

    private static List<String> panels() throws IOException {
        JsonNode dashboard = Json.MAPPER.readTree(Files.readString(DOCS.resolve("monitoring/grafana-dashboard.json")));
        List<String> expressions = new ArrayList<>();
        dashboard
                .path("panels")
                .forEach(panel -> panel.path("targets")
                        .forEach(target -> expressions.add(target.path("expr").asString(""))));
        assertThat(expressions).hasSizeGreaterThan(15);
        return expressions;
    }

    /** What the page's table promises; {@code `a_b`, `_c`} stands for a_b and a_c. */
    private static Set<String> told() throws IOException {
        Set<String> told = new TreeSet<>();
        for (String line : Files.readAllLines(DOCS.resolve("operations.md"))) {
            if (!line.startsWith("| `tidemark_")) {
                continue;
            }
            String before = "";
            Matcher name = Pattern.compile("`([a-z_]+)`").matcher(line.substring(0, line.indexOf('|', 2)));
            while (name.find()) {
                String one = name.group(1).startsWith("_")
                        ? before.substring(0, before.lastIndexOf('_')) + name.group(1)
                        : name.group(1);
                before = before.isEmpty() ? one : before;
                told.add(one);
            }
        }
        return told;
    }

    private Scrape scrape() {
        Api.Answer answer = site.api().send("GET", "/metrics", null);
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return Scrape.of(answer.body().asString());
    }

    private Scrape scrape(String machines) throws Exception {
        String text = asked("/metrics", token(machines));
        return text.isEmpty() ? new Scrape(List.of()) : Scrape.of(text);
    }

    private String token(String machines) {
        return site.api()
                .post("/v1/tokens", Map.of("name", Site.freshName(), "role", "VIEWER", "vms", machines))
                .text("token");
    }

    private String asked(String path, String token) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(site.api().server() + path))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        Contract.require(answer);
        return answer.body();
    }
}
