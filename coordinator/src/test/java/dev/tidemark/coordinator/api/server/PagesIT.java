package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Lists come in pages, and a page that follows another goes on where that one ended. */
class PagesIT {
    private static final Served SERVED = new Served();

    /** A list, the member that has its entries, and what an entry is known by. */
    private record Listed(String path, String member, String key) {
        String at(String query) {
            return path + (path.contains("?") ? '&' : '?') + query;
        }
    }

    private static final Listed MACHINES = new Listed("/v1/vms", "vms", "name");
    private static final Listed CHECKPOINTS = new Listed("/v1/vms/paged/checkpoints", "checkpoints", "id");
    private static final Listed BACKUPS = new Listed("/v1/vms/paged/backups", "backups", "id");
    private static final Listed EXPORTS = new Listed("/v1/vms/paged/exports", "exports", "id");
    private static final Listed OPERATIONS = new Listed("/v1/vms/paged/operations", "operations", "id");
    private static final Listed EVENTS = new Listed("/v1/vms/paged/events", "events", "version");
    private static final Listed TOKENS = new Listed("/v1/tokens", "tokens", "name");
    private static final List<Listed> ALL =
            List.of(MACHINES, CHECKPOINTS, BACKUPS, EXPORTS, OPERATIONS, EVENTS, TOKENS);

    @BeforeAll
    static void fill() {
        String backup = "";
        SERVED.machine("paged");
        for (int number = 0; number < 7; number++) {
            SERVED.machine("m-" + number);
            SERVED.post("/v1/vms/paged/checkpoints", "{\"name\":\"c" + number + "\"}");
            backup = SERVED.backup("paged").value();
            SERVED.post("/v1/tokens", "{\"name\":\"t" + number + "\",\"role\":\"VIEWER\"}");
        }
        JsonNode shown = SERVED.get("/v1/backups/" + backup).json();
        SERVED.engine.tell(new BackupCompleted(
                new MachineId(shown.path("vmId").asString()),
                new OperationId(shown.path("operation").asString()),
                new BackupId(backup),
                new RepositoryName("default"),
                Optional.empty(),
                List.of(),
                Instant.parse("2026-01-02T03:04:06Z")));
        for (int number = 0; number < 7; number++) {
            SERVED.post("/v1/backups/" + backup + "/exports", "{}");
        }
    }

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void pages_of_any_length_make_up_the_whole_list() {
        for (Listed list : ALL) {
            List<String> whole = keys(SERVED.get(list.path()).json(), list);
            assertThat(whole).as(list.path()).hasSizeGreaterThanOrEqualTo(7).doesNotHaveDuplicates();
            for (int length : new int[] {1, 3, 7, 1000}) {
                List<String> read = new ArrayList<>();
                String query = "limit=" + length;
                while (!query.isEmpty()) {
                    JsonNode page = SERVED.get(list.at(query)).json();
                    assertThat(page.has("next")).isTrue();
                    List<String> here = keys(page, list);
                    assertThat(here).hasSizeLessThanOrEqualTo(length);
                    boolean more = page.path("next").isString();
                    if (more) {
                        assertThat(here)
                                .as("a page that another follows is full")
                                .hasSize(length);
                    }
                    // The newest operations come first, the oldest of a page first.
                    read.addAll(list.equals(OPERATIONS) ? 0 : read.size(), here);
                    query = more
                            ? "limit=" + length + "&after=" + page.path("next").asString()
                            : "";
                }
                assertThat(read).as(list + " by " + length).isEqualTo(whole);
            }
        }
    }

    @Test
    void what_comes_in_meanwhile_moves_nothing() {
        List<String> before = keys(SERVED.get("/v1/vms").json(), MACHINES);
        JsonNode first = SERVED.get("/v1/vms?limit=4").json();
        SERVED.machine("a-" + System.nanoTime());
        SERVED.machine("zz-" + System.nanoTime());
        List<String> read = keys(first, MACHINES);
        read.addAll(keys(
                SERVED.get("/v1/vms?after=" + first.path("next").asString()).json(), MACHINES));
        assertThat(read).containsAll(before).doesNotHaveDuplicates();

        JsonNode newest = SERVED.get("/v1/vms/m-0/operations?limit=1").json();
        SERVED.post("/v1/vms/m-0/checkpoints", "{}");
        JsonNode again = SERVED.get("/v1/vms/m-0/operations?limit=1").json();
        assertThat(again.path("next").isString()).isTrue();
        assertThat(keys(
                        SERVED.get("/v1/vms/m-0/operations?limit=1&after="
                                        + again.path("next").asString())
                                .json(),
                        OPERATIONS))
                .isEqualTo(keys(newest, OPERATIONS));
    }

    @Test
    void pages_of_who_reaches_some_machines_are_full_too() {
        String token = SERVED.post("/v1/tokens", "{\"name\":\"kept\",\"role\":\"VIEWER\",\"vms\":\"m-*\"}")
                .json()
                .path("token")
                .asString();
        JsonNode page = Json.MAPPER.readTree(
                SERVED.send(SERVED.anonymous("/v1/vms?limit=7").header("Authorization", "Bearer " + token))
                        .text());
        assertThat(keys(page, MACHINES))
                .isEqualTo(
                        IntStream.range(0, 7).mapToObj(number -> "m-" + number).toList());
        assertThat(page.path("next").isNull()).isTrue();
        String others = SERVED.get("/v1/vms?limit=1").json().path("next").asString();
        assertThat(SERVED.send(SERVED.anonymous("/v1/vms?after=" + others).header("Authorization", "Bearer " + token))
                        .code())
                .as("the cursor of another list")
                .isEqualTo("INVALID_CURSOR");
    }

    @Test
    void a_cursor_that_is_none_of_this_list_is_refused() {
        String good = next("/v1/vms/paged/checkpoints?limit=2");
        List<String> wrong = new ArrayList<>(List.of(
                "0",
                "1",
                "-1",
                "a.b",
                good + "0",
                good.substring(0, good.length() - 1),
                good.substring(1),
                good.substring(good.indexOf('.')),
                good.substring(0, good.indexOf('.')),
                "x".repeat(5000),
                encoded("1") + good.substring(good.indexOf('.')),
                encoded("' OR 1=1") + good.substring(good.indexOf('.')),
                "%00",
                next("/v1/vms/paged/checkpoints?limit=2&deleted=true"),
                next("/v1/vms/paged/backups?limit=2"),
                next("/v1/vms/paged/operations?limit=2"),
                next("/v1/vms?limit=2")));
        for (String cursor : wrong) {
            Served.Answer answer = SERVED.get("/v1/vms/paged/checkpoints?limit=2&after=" + cursor);
            assertThat(answer.status()).as(cursor + answer.text()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("INVALID_CURSOR");
        }
        SERVED.post("/v1/vms/m-1/checkpoints", "{}");
        assertThat(SERVED.get("/v1/vms/m-1/checkpoints?after=" + good).code())
                .as("of another machine")
                .isEqualTo("INVALID_CURSOR");
        assertThat(SERVED.get("/v1/vms/paged/checkpoints?limit=2&after=" + good).status())
                .isEqualTo(200);
    }

    @Test
    void a_length_out_of_bounds_is_refused() {
        for (Listed list : ALL) {
            for (String length : List.of("0", "-1", "1001", "2147483648", "9223372036854775808", "1.5", "", "0x10")) {
                Served.Answer answer = SERVED.get(list.at("limit=" + length));
                assertThat(answer.status()).as(list.path() + " " + length).isEqualTo(400);
                assertThat(answer.code()).isEqualTo("INVALID_PARAMETER");
            }
        }
    }

    private static String next(String path) {
        String next = SERVED.get(path).json().path("next").asString("");
        assertThat(next).as(path).isNotEmpty();
        return next;
    }

    private static String encoded(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> keys(JsonNode page, Listed list) {
        List<String> keys = new ArrayList<>();
        page.path(list.member())
                .forEach(entry -> keys.add(entry.path(list.key()).asString()));
        return keys;
    }
}
