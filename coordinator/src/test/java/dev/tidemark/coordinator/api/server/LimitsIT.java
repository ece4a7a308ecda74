package dev.tidemark.coordinator.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.schema.id.OperationId;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One caller cannot take what all have. */
class LimitsIT {
    private static final int BURST = 400;
    private static final int AT_ONCE = 5;

    /** One a second after the burst: no test here lasts long enough to be given many more. */
    private static final Served SERVED = new Served(new RequestLimits(1, BURST, AT_ONCE, 10));

    @AfterAll
    static void close() {
        SERVED.close();
    }

    @Test
    void who_asks_too_often_is_told_when_to_come_again_and_nobody_else_is() {
        String hasty = token("hasty", "OPERATOR");
        String other = token("other", "VIEWER");
        SERVED.machine("wanted");
        Served.Answer refused = untilRefused(hasty);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("RATE_LIMITED");
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        int before = SERVED.engine.submitted.size();
        List<Integer> acts = new ArrayList<>();
        for (int number = 0; number < 10; number++) {
            acts.add(SERVED.send(SERVED.anonymous("/v1/vms/wanted/checkpoints")
                            .header("Authorization", "Bearer " + hasty)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{}")))
                    .status());
        }
        assertThat(acts).contains(429);
        assertThat(SERVED.engine.submitted)
                .as("what was refused was not done")
                .hasSize(before
                        + (int) acts.stream().filter(status -> status == 202).count());
        assertThat(get(other, "/v1/vms").status()).isEqualTo(200);
        assertThat(SERVED.send(SERVED.anonymous("/health/live").GET()).status()).isEqualTo(200);
        Awaitility.await().until(() -> get(hasty, "/v1/vms").status() == 200);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(limitedOnRecord("token:hasty"))
                        .as("in his name, not in nobody's")
                        .isNotEmpty()
                        .allMatch(act -> act.path("decision").asString().equals("REFUSED")
                                && act.path("route").asString().contains(" /v1/vms")));
    }

    private static List<JsonNode> limitedOnRecord(String caller) {
        return SERVED.get("/v1/audit/questions/acts?caller=" + caller + "&limit=1000")
                .json()
                .path("rows")
                .valueStream()
                .filter(act -> act.path("code").asString("").equals("RATE_LIMITED"))
                .toList();
    }

    @Test
    void gateways_are_not_slowed() {
        String gateway = token("gateway", "ADMIN");
        untilRefused(gateway);
        for (int number = 0; number < 20; number++) {
            assertThat(get(gateway, "/v1/gateways/host1/desired").status()).isEqualTo(200);
        }
    }

    @Test
    void as_many_as_wait_at_once_are_let_wait() {
        SERVED.machine("slow");
        OperationId operation = SERVED.started("/v1/vms/slow/backups", "{\"repo\":\"default\"}");
        String patient = token("patient", "VIEWER");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Served.Answer>> waiting = new ArrayList<>();
            for (int number = 0; number < AT_ONCE; number++) {
                waiting.add(CompletableFuture.supplyAsync(
                        () -> get(patient, "/v1/operations/" + operation + "?wait=60"), threads));
            }
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(get(patient, "/v1/vms").code()).isEqualTo("RATE_LIMITED"));
            assertThat(SERVED.get("/v1/vms").status()).as("another caller").isEqualTo(200);
            SERVED.post("/v1/backups/" + target(operation) + "/abort", "{}");
            SERVED.delete("/v1/vms/slow");
            waiting.forEach(answer -> assertThat(answer.join().status()).isIn(200, 404));
            assertThat(get(patient, "/v1/vms").status()).as("they have left").isEqualTo(200);
        }
    }

    @Test
    void guessing_ends_without_a_look_and_what_was_good_goes_on() {
        try (Served served = new Served(new RequestLimits(1_000, 1_000, 100, 10))) {
            String good = served.post("/v1/tokens", "{\"name\":\"good\",\"role\":\"VIEWER\"}")
                    .json()
                    .path("token")
                    .asString();
            assertThat(get(served, good).status()).isEqualTo(200);
            List<Integer> statuses = new ArrayList<>();
            for (int number = 0; number < 20; number++) {
                statuses.add(
                        get(served, "tmk_" + "A".repeat(40) + (100 + number)).status());
            }
            assertThat(statuses.subList(0, 10)).containsOnly(401);
            assertThat(statuses.subList(12, 20)).contains(429);
            Served.Answer refused = get(served, "tmk_" + "B".repeat(43));
            assertThat(refused.code()).isEqualTo("TOO_MANY_BAD_CREDENTIALS");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(get(served, good).status()).isEqualTo(200);
            assertThat(served.get("/v1/vms").status()).as("the administrator").isEqualTo(200);
            served.delete("/v1/tokens/good");
            assertThat(get(served, good).status()).as("not remembered as good").isEqualTo(401);
        }
    }

    @Test
    void however_many_read_the_administrator_can_look() {
        List<HeardStream> open = new ArrayList<>();
        try {
            int most = 128 - EventStreams.STREAMS_MAX;
            for (int caller = 0; open.size() < most; caller++) {
                String token = token("reader-" + caller, "VIEWER");
                for (int number = 0; number < EventStreams.STREAMS_MAX && open.size() < most; number++) {
                    open.add(HeardStream.open(
                            SERVED.anonymous("/v1/events").header("Authorization", "Bearer " + token)));
                }
            }
            Served.Answer refused = get(token("late", "VIEWER"), "/v1/events");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("TOO_MANY_STREAMS");
            try (HeardStream look = HeardStream.open(SERVED, "/v1/events", null)) {
                assertThat(look.next()).isNotNull();
            }
        } finally {
            open.forEach(HeardStream::close);
        }
    }

    private static Served.Answer untilRefused(String token) {
        for (int number = 0; number < BURST * 3; number++) {
            Served.Answer answer = get(token, "/v1/vms");
            if (answer.status() != 200) {
                return answer;
            }
        }
        throw new AssertionError("never refused");
    }

    private static String target(OperationId operation) {
        return SERVED.get("/v1/operations/" + operation).json().path("target").asString();
    }

    private static String token(String name, String role) {
        return SERVED.post("/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"}")
                .json()
                .path("token")
                .asString();
    }

    private static Served.Answer get(String token, String path) {
        return SERVED.send(SERVED.anonymous(path)
                .header("Authorization", "Bearer " + token)
                .GET());
    }

    private static Served.Answer get(Served served, String token) {
        return served.send(served.anonymous("/v1/vms")
                .header("Authorization", "Bearer " + token)
                .GET());
    }
}
