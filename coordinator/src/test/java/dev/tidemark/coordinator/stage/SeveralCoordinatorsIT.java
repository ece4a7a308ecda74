package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.ledger.postgres.ServerAddress;
import dev.tidemark.coordinator.security.AdminToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * Two coordinators on one database, a gateway that has a list of both, and machines: each a process of its own. Five minutes of kills, one
 * every five seconds: {@code -Dtidemark.coordinators.seconds=300}; another course of them with {@code -Dtidemark.coordinators.seed=N}.
 * With {@code -Dtidemark.coordinators.notices=false} none ever sends a notice to the other; else some of those that come back do not.
 */
@Timeout(1200)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SeveralCoordinatorsIT {
    private static final long SECONDS = Long.getLong("tidemark.coordinators.seconds", 6);
    private static final long KILL_SECONDS = Math.clamp(SECONDS / 3, 1, 5);
    private static final long SEED = Long.getLong("tidemark.coordinators.seed", System.nanoTime());
    private static final boolean NOTICES =
            Boolean.parseBoolean(System.getProperty("tidemark.coordinators.notices", "true"));
    private static final int WAKE_UPS = 10;
    private static final int ONE_KEY_ROUNDS = 10;

    private static final Stage STAGE = stage();
    private static final Service ONE = STAGE.service();
    private static final Service OTHER = STAGE.service("other");
    private static final List<LoadedMachine> MACHINES = new ArrayList<>();
    private static final GatewayProcess GATEWAY = STAGE.gateway("host-1");
    private static final GatewayProcess OTHER_GATEWAY = STAGE.gateway("host-2");

    /** Without load of its own. */
    private static @Nullable LoadedMachine quiet;

    private static Stage stage() {
        try {
            return Stage.open("tm-two", false);
        } catch (IOException failure) {
            throw new StageFailure("no stage", failure);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        STAGE.database().start();
        String secret = AdminToken.at(ONE.home().resolve("admin.token")).secret();
        Files.copy(ONE.home().resolve("admin.token"), OTHER.home().resolve("admin.token"));
        LostNotices.make(STAGE.database().address());
        ONE.serveWith(serve(NOTICES));
        OTHER.serveWith(serve(NOTICES));
        // At the same moment, on a database without a schema.
        CompletableFuture<Long> beside = CompletableFuture.supplyAsync(OTHER::start);
        ONE.start();
        beside.join();
        GATEWAY.start(List.of(ONE.address(), OTHER.address()));
        OTHER_GATEWAY.start(List.of(OTHER.address(), ONE.address()));
        quiet = LoadedMachine.start(
                STAGE, "quiet", "host-1", List.of(ONE.address(), OTHER.address()), secret, SEED - 1);
        for (int index = 0; index < 2; index++) {
            MACHINES.add(LoadedMachine.start(
                    STAGE,
                    "vm" + index,
                    "host-" + (index + 1),
                    List.of(ONE.address(), OTHER.address()),
                    secret,
                    SEED + index));
        }
    }

    /** Beside each other, on one database; what is committed here the others hear of, or have to look for. */
    private static List<String> serve(boolean notices) {
        ServerAddress database = STAGE.database().address();
        return List.of(
                "--no-gateway",
                "--jobs-per-repository",
                "1",
                "--database-url",
                notices ? database.url() : LostNotices.of(database),
                "--database-password-file",
                database.ownerPasswordFile().orElseThrow().toString());
    }

    private static LoadedMachine quiet() {
        LoadedMachine machine = Objects.requireNonNull(quiet);
        machine.register();
        return machine;
    }

    @AfterAll
    static void clear() {
        MACHINES.forEach(LoadedMachine::close);
        if (quiet != null) {
            quiet.close();
        }
        STAGE.close();
    }

    private static List<String> coordinators(JsonNode gateways) {
        return gateways.path("gateways")
                .valueStream()
                .filter(gateway -> gateway.path("host").asString("").equals("host-1"))
                .map(gateway -> gateway.path("coordinator").asString(""))
                .toList();
    }

    @Test
    void any_serves_any_request_and_what_one_commits_wakes_the_gateway_of_the_other() {
        // given
        String vm = quiet().name();
        for (Service service : List.of(ONE, OTHER)) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(
                                    service.get("vms", vm).path("state").asString(""))
                            .isEqualTo("UP"));
        }
        assertThat(coordinators(ONE.get("gateways"))).isEqualTo(coordinators(OTHER.get("gateways")));
        // when
        for (Service service : List.of(ONE, OTHER)) {
            long[] milliseconds = new long[WAKE_UPS];
            for (int index = 0; index < WAKE_UPS; index++) {
                long begun = System.nanoTime();
                service.done(Map.of("name", "c-" + UUID.randomUUID()), "vms", vm, "checkpoints");
                milliseconds[index] = Service.elapsed(begun);
            }
            Arrays.sort(milliseconds);
            System.out.println("checkpoint asked of " + service.address() + ": p50 " + milliseconds[WAKE_UPS / 2]
                    + " ms, max " + milliseconds[WAKE_UPS - 1] + " ms");
            // then
            assertThat(service.started(Map.of(), "vms", vm, "reconciliation")
                            .path("converged")
                            .asBoolean(false))
                    .isTrue();
            assertThat(service.get("vms", vm, "checkpoints").toString())
                    .as("each knows the checkpoints of both")
                    .contains("\"CREATED\"");
        }
    }

    @Test
    void who_signs_in_at_one_is_known_to_the_other_also_after_its_restart_and_to_none_when_he_has_left()
            throws Exception {
        try (HttpClient browser = HttpClient.newHttpClient()) {
            // given
            String form =
                    "token=" + AdminToken.at(ONE.home().resolve("admin.token")).secret();
            HttpResponse<String> entered = browser.send(
                    page(ONE, "/ui/sign-in", "")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String cookie =
                    entered.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
            assertThat(status(browser, OTHER, cookie)).isEqualTo(200);
            // when
            OTHER.kill();
            OTHER.start();
            // then
            assertThat(status(browser, OTHER, cookie)).isEqualTo(200);
            // and when
            browser.send(
                    page(OTHER, "/ui/sign-out", cookie)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            // then
            assertThat(status(browser, ONE, cookie)).as("signed out").isEqualTo(303);
            assertThat(status(browser, ONE, "tidemark_session=" + "x".repeat(43)))
                    .as("nobody's")
                    .isEqualTo(303);
        }
    }

    private static int status(HttpClient browser, Service service, String cookie) throws Exception {
        return browser.send(page(service, "/ui", cookie).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpRequest.Builder page(Service service, String path, String cookie) {
        URI address = service.address().resolve(path);
        HttpRequest.Builder page = HttpRequest.newBuilder(address)
                .timeout(Duration.ofSeconds(60))
                .header("Origin", address.getScheme() + "://" + address.getAuthority());
        return cookie.isEmpty() ? page : page.header("Cookie", cookie);
    }

    /** The last one: who came back without notices is slow to hear of the other. */
    @Test
    @Order(Integer.MAX_VALUE)
    void one_of_two_is_killed_every_few_seconds_and_nothing_is_lost_or_done_twice() throws Exception {
        // given
        System.out.println("seed " + SEED);
        MACHINES.forEach(LoadedMachine::register);
        List<Thread> load = MACHINES.stream()
                .map(machine ->
                        Thread.ofPlatform().name("load " + machine.name()).start(machine::work))
                .toList();
        // when
        String told = killInTurns(new Random(SEED));
        for (Service service : List.of(ONE, OTHER)) {
            service.awaitReady();
        }
        await("both have load again")
                .atMost(Duration.ofMinutes(2))
                .until(() -> MACHINES.stream()
                        .noneMatch(machine -> machine.client().answered().contains(0)));
        MACHINES.forEach(LoadedMachine::finish);
        for (Thread one : load) {
            one.join();
        }
        // then
        List<String> findings = new ArrayList<>();
        for (LoadedMachine machine : MACHINES) {
            findings.addAll(machine.judge());
        }
        System.out.println(
                told + "; " + MACHINES.stream().map(LoadedMachine::told).collect(Collectors.joining("; ")));
        assertThat(findings).isEmpty();
        assertThat(MACHINES).allMatch(machine -> machine.acknowledged() > 0);
        assertThat(atWorkMax(STAGE.database().log().values()))
                .as("backups of both hosts at work in the one repository at a time")
                .isEqualTo(1);
        assertThat(ONE.get("gateways").path("gateways").path(0).path("epoch").asLong(0))
                .as("the gateway had its host all the time")
                .isEqualTo(1);
    }

    /** The twin of the one with kills: two at a time are seen, of whatever machine the other is, and one after the other are not two. */
    @Test
    void two_backups_that_overlap_by_one_event_are_counted() {
        List<String> rows = new ArrayList<>(STAGE.database().log().values());
        assertThat(atWorkMax(rows)).isLessThanOrEqualTo(1);
        String one = "x one 1 %s.v1 {}";
        String other = "x other 1 %s.v1 {}";
        rows.addAll(Stream.of("backup-started", "backup-completed")
                .map(one::formatted)
                .toList());
        rows.addAll(Stream.of("backup-started", "backup-failed")
                .map(other::formatted)
                .toList());
        assertThat(atWorkMax(rows)).as("one after the other").isEqualTo(1);
        rows.add(rows.size() - 1, one.formatted("backup-started"));
        assertThat(atWorkMax(rows)).as("before the other has failed").isEqualTo(2);
    }

    private static int atWorkMax(Collection<String> rows) {
        Set<String> atWork = new HashSet<>();
        int most = 0;
        for (String row : rows) {
            String[] words = row.split(" ", 5);
            if (words[3].startsWith("backup-started.")) {
                atWork.add(words[1]);
            } else if (words[3].matches("backup-(completed|failed|aborted)\\..*")) {
                atWork.remove(words[1]);
            }
            most = Math.max(most, atWork.size());
        }
        return most;
    }

    /**
     * One of the two every few seconds on the dot, mostly the other one than the time before, and started again at once: whether it had
     * come back, and whether the other has, is nothing that a kill waits for.
     */
    private static String killInTurns(Random random) throws InterruptedException {
        long begun = System.nanoTime();
        int kills = 0;
        int early = 0;
        int silenced = 0;
        boolean one = random.nextBoolean();
        for (long at = KILL_SECONDS; at <= SECONDS; at += KILL_SECONDS) {
            Thread.sleep(Math.max(1, TimeUnit.SECONDS.toMillis(at) - Service.elapsed(begun)));
            one ^= random.nextInt(4) > 0;
            Service victim = one ? ONE : OTHER;
            early += victim.isReady() ? 0 : 1;
            victim.kill();
            kills++;
            silenced += (one ? OTHER : ONE).isReady() ? 0 : 1;
            victim.serveWith(serve(NOTICES && random.nextBoolean()));
            victim.launch();
        }
        return kills + " kills in " + Service.elapsed(begun) + " ms, " + early
                + " of them before the victim answered, and after " + silenced + " of them nobody did for a while";
    }

    /** The twin of the one with kills: what it must not overlook. */
    @Test
    void a_client_that_repeats_without_a_key_is_found_out() throws IOException {
        String secret = AdminToken.at(ONE.home().resolve("admin.token")).secret();
        try (LoadedMachine machine = LoadedMachine.start(
                STAGE, "keyless", "host-1", List.of(ONE.address(), OTHER.address()), secret, SEED)) {
            machine.register();
            machine.twiceWithoutKey();
            assertThat(machine.judge())
                    .anyMatch(finding -> finding.contains("CREATE intents in the log"))
                    .anyMatch(finding -> finding.contains("QEMU holds the bitmaps"))
                    .anyMatch(finding -> finding.contains("actions that QEMU was given"));
        }
    }

    @Test
    void one_key_at_both_at_the_same_moment_is_one_operation() throws IOException {
        // given
        LoadedMachine machine = quiet();
        InsistingClient client = machine.client();
        String path = "vms/" + machine.name() + "/checkpoints";
        int byBoth = 0;
        for (int round = 0; round < ONE_KEY_ROUNDS; round++) {
            // when
            String key = "at-both-" + round;
            Map<String, String> body = Map.of("name", "at-both-" + round);
            List<InsistingClient.Answer> answers = client.atOnce("POST", path, key, body);
            InsistingClient.Answer later = client.insisted("POST", path, key, body);
            // then
            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.isTaken() || answer.isForLater())
                        .as("%s", answer)
                        .isTrue();
                if (answer.isTaken()) {
                    assertThat(answer.body().path("id")).isEqualTo(later.body().path("id"));
                }
            });
            byBoth += answers.stream().allMatch(InsistingClient.Answer::isTaken) ? 1 : 0;
            ONE.ended(later.body());
            assertThat(client.atOnce("POST", path, key, Map.of("name", "another")))
                    .as("with another body, wherever it is asked")
                    .hasSize(2)
                    .allSatisfy(answer -> assertThat(answer.status()).isEqualTo(422));
            assertThat(STAGE.database().log().values().stream()
                            .filter(row -> row.contains("checkpoint-requested.")
                                    && row.contains(later.body().path("id").asString("")))
                            .count())
                    .isEqualTo(1);
        }
        System.out.println(byBoth + " of " + ONE_KEY_ROUNDS + " answered by both at once");
        assertThat(byBoth).isPositive();
    }
}
