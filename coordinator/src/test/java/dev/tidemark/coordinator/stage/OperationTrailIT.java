package dev.tidemark.coordinator.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.coordinator.cli.client.Discovery;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.coordinator.testkit.TraceReceiver;
import dev.tidemark.coordinator.testkit.TraceReceiver.Span;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What those who run a coordinator and a gateway of its own can follow, and what happens to work when both are told to stop. */
@Timeout(300)
class OperationTrailIT {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "b7ad6b7169203331";
    private static final long DATA_BYTES = 2 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Java's own, after SIGTERM. */
    private static final int TERMINATED = 143;

    private static final Stage STAGE = stage();
    private static final Service SERVICE = STAGE.service();
    private static final GatewayProcess GATEWAY = STAGE.gateway("host-1");
    private static final TraceReceiver RECEIVER = receiver();
    private static final StorageMachine MACHINE =
            new StorageMachine(STAGE.directory(), "vm", STAGE.programs(), List.of("d0"));
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static Stage stage() {
        try {
            return Stage.open("tm-trail", false);
        } catch (IOException failure) {
            throw new StageFailure("no stage", failure);
        }
    }

    private static TraceReceiver receiver() {
        try {
            return TraceReceiver.start();
        } catch (IOException failure) {
            throw new StageFailure("no receiver", failure);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        MACHINE.install(2 * DATA_BYTES);
        STAGE.programs()
                .run(
                        "fill",
                        List.of(
                                "qemu-io",
                                "-f",
                                "qcow2",
                                "-c",
                                "write -q -P 7 0 " + DATA_BYTES,
                                MACHINE.image("d0").toString()));
        MACHINE.start().close();
        List<String> told = List.of(
                "--log-format", "json", "--trace-endpoint", RECEIVER.url().toString());
        SERVICE.serveWith(
                Stream.concat(Stream.of("--no-gateway"), told.stream()).toList());
        SERVICE.start();
        GATEWAY.serveWith(told);
        GATEWAY.start();
        SERVICE.done(Map.of("name", "vm", "qmp", MACHINE.qmpSocket().toString(), "host", "host-1"), "vms");
    }

    @AfterAll
    static void clear() {
        STAGE.close();
        RECEIVER.close();
    }

    private static HttpRequest.Builder request(String path) throws IOException {
        String token =
                Files.readString(SERVICE.home().resolve(Discovery.TOKEN_FILE)).strip();
        return HttpRequest.newBuilder(URI.create(SERVICE.address() + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token);
    }

    private static HttpRequest.Builder backup(Map<String, Object> body) throws IOException {
        return request("/v1/vms/vm/backups")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.MAPPER.writeValueAsString(body)));
    }

    @Test
    void what_a_caller_says_beside_its_trace_is_taken_as_far_as_w3c_has_it_and_else_left_out() throws Exception {
        assertThat(stateOf("1", "a=1", "b=2")).isEqualTo("a=1,b=2");
        assertThat(stateOf("2", "a=1", "b=" + "x".repeat(600))).isEmpty();
        assertThat(stateOf("3", "no pair")).isEmpty();
        assertThat(stateOf(
                        "4",
                        IntStream.range(0, 33).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","))))
                .isEmpty();
    }

    private static String stateOf(String digit, String... states) throws Exception {
        String trace = digit.repeat(32);
        HttpRequest.Builder question = request("/v1/vms").header("traceparent", "00-" + trace + "-" + CALLER + "-01");
        for (String state : states) {
            question.header("tracestate", state);
        }
        assertThat(CLIENT.send(question.build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        await().atMost(PATIENCE).until(() -> !RECEIVER.of(trace).isEmpty());
        return RECEIVER.of(trace).getFirst().state();
    }

    @Test
    void a_backup_is_one_trace_through_both_processes_and_one_id_in_the_logs_of_both() throws Exception {
        // when
        HttpResponse<String> answer = CLIENT.send(
                backup(Map.of("repo", "default"))
                        .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        Contract.require(answer);
        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode operation = Json.MAPPER.readTree(answer.body());
        SERVICE.ended(operation);
        String id = operation.path("id").asString("");
        String request = answer.headers().firstValue("X-Request-Id").orElseThrow();
        String machine = operation.path("vmId").asString("");

        // then its spans are of both processes and hang together
        await().atMost(PATIENCE).untilAsserted(() -> hangsTogether(RECEIVER.of(TRACE)));
        List<Span> spans = RECEIVER.of(TRACE);
        assertThat(spans.stream()
                        .filter(span ->
                                Set.of("wake", "conclude", "errand PushBackup").contains(span.name())))
                .allSatisfy(span -> assertThat(span.attributes())
                        .containsEntry("tidemark.operationId", id)
                        .containsEntry("tidemark.requestId", request)
                        .containsEntry("tidemark.machine", machine));
        assertThat(named(spans, "errand PushBackup").attributes()).containsEntry("tidemark.outcome", "DONE");

        // and tell nothing that is not for everybody who runs it
        String token =
                Files.readString(SERVICE.home().resolve(Discovery.TOKEN_FILE)).strip();
        assertThat(spans.stream().flatMap(span -> span.attributes().values().stream()))
                .noneMatch(value -> value.contains(token)
                        || value.contains(STAGE.directory().toString()));

        // and each process has logged lines that say whose work they are
        for (Path log : List.of(log(SERVICE.home()), log(STAGE.directory().resolve("gateway-host-1")))) {
            List<JsonNode> lines = about(log, id);
            assertThat(lines).as(log.toString()).isNotEmpty().allSatisfy(line -> {
                assertThat(line.path("mdc").path("machine").asString("")).isEqualTo(machine);
                assertThat(line.path("mdc").path("requestId").asString("")).isEqualTo(request);
                assertThat(line.path("mdc").path("traceId").asString("")).isEqualTo(TRACE);
            });
        }
    }

    private static void hangsTogether(List<Span> spans) {
        Map<String, Span> byId =
                spans.stream().collect(Collectors.toMap(Span::id, Function.identity(), (one, again) -> one));
        Set<String> parents = new HashSet<>(byId.keySet());
        parents.add(CALLER);
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.parent()).isIn(parents);
            assertThat(span.endNanoseconds()).isGreaterThanOrEqualTo(span.startNanoseconds());
        });
        String appended = "coordinator POST /v1/vms/{vm}/backups > coordinator append StartBackup";
        assertThat(ways(spans, byId))
                .contains(
                        appended + " > coordinator wake",
                        appended + " > gateway errand PushBackup > gateway QMP transaction",
                        appended + " > gateway errand PushBackup > coordinator POST /v1/gateways/{host}/reports"
                                + " > coordinator conclude");
    }

    /** From the caller down to each span, in words. */
    private static Set<String> ways(List<Span> spans, Map<String, Span> byId) {
        return spans.stream()
                .map(span -> {
                    StringBuilder way = new StringBuilder();
                    for (Span at = span; at != null; at = byId.get(at.parent())) {
                        way.insert(0, at.service().replace("tidemark-", "") + " " + at.name() + " > ");
                    }
                    return way.substring(0, way.length() - " > ".length());
                })
                .collect(Collectors.toSet());
    }

    private static Span named(List<Span> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Path log(Path home) {
        return home.resolve("logs").resolve("tidemark.log");
    }

    private static List<JsonNode> about(Path log, String operation) throws IOException {
        String text = Files.readString(log);
        // The last line may be in the midst of being written.
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(Json.MAPPER::readTree)
                .filter(line ->
                        line.path("mdc").path("operationId").asString("").equals(operation))
                .toList();
    }

    @Test
    void told_to_stop_in_the_midst_of_work_both_answer_what_waits_and_nothing_is_lost() throws Exception {
        // given a backup that copies, a request that waits, and an open stream
        JsonNode operation = SERVICE.started(
                Map.of("repo", "default", "kind", "FULL", "bytesPerSecondMax", 262_144), "vms", "vm", "backups");
        SERVICE.await(operation, "RUNNING");
        String id = operation.path("id").asString("");
        CompletableFuture<HttpResponse<String>> waiting = CLIENT.sendAsync(
                request("/v1/operations/" + id + "?wait=25").build(), HttpResponse.BodyHandlers.ofString());
        Queue<String> events = new ConcurrentLinkedQueue<>();
        CompletableFuture<HttpResponse<Void>> stream = CLIENT.sendAsync(
                request("/v1/events?from=start").build(),
                HttpResponse.BodyHandlers.fromLineSubscriber(new Lines(events)));
        await().atMost(PATIENCE).until(() -> !events.isEmpty());
        // What was asked behind it has been answered: the one that waits has come to the server.
        for (int number = 0; number < 5; number++) {
            assertThat(CLIENT.send(request("/v1/vms/vm").build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(waiting).isNotDone();

        // when
        CompletableFuture<Integer> gateway = CompletableFuture.supplyAsync(GATEWAY::stop);
        int server = SERVICE.stop();

        // then
        assertThat(List.of(server, gateway.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)))
                .containsOnly(TERMINATED);
        assertThat(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(200);
        Contract.require(waiting.get());
        assertThat(Json.MAPPER.readTree(waiting.get().body()).path("state").asString(""))
                .isEqualTo("RUNNING");
        assertThat(stream.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(200);
        assertThat(events).contains("over").noneMatch(line -> line.startsWith("broken"));
        assertThat(CLIENT.sendAsync(request("/health/live").build(), HttpResponse.BodyHandlers.ofString()))
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(ConnectException.class);
        assertThat(Files.exists(SERVICE.home().resolve(Discovery.SERVER_FILE))).isFalse();
        for (Path log : List.of(log(SERVICE.home()), log(STAGE.directory().resolve("gateway-host-1")))) {
            assertThat(Files.readAllLines(log)).noneMatch(line -> line.contains("\"level\":\"ERROR\""));
        }

        // and who starts next goes on with it
        SERVICE.start();
        GATEWAY.start();
        assertThat(SERVICE.ended(operation).path("id").asString("")).isEqualTo(id);
        assertThat(SERVICE.get("backups", operation.path("target").asString(""))
                        .path("state")
                        .asString(""))
                .isEqualTo("COMPLETED");
    }

    /** Remembers what was streamed. */
    private record Lines(Queue<String> seen) implements Flow.Subscriber<String> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            seen.add(line);
        }

        @Override
        public void onError(Throwable broken) {
            // The answer's future fails with it, and with it the test.
            seen.add("broken: " + broken);
        }

        @Override
        public void onComplete() {
            seen.add("over");
        }
    }
}
