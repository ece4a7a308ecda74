package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.Supervision;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.ledger.LedgerException.Cause;
import dev.tidemark.coordinator.ledger.ToldFailures;
import dev.tidemark.coordinator.monitor.health.Finding;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.SealingKey;
import dev.tidemark.coordinator.webhook.WebhookDesk;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Brings about what a server answers whatever machines there are: each operation when nothing stands in its way, what the edge turns down,
 * and what becomes of failures within. Its engine does as it is told.
 */
public final class AnswersOfTheEdge implements AutoCloseable {
    private static final String ANYBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private static final URI RECEIVER = URI.create("http://127.0.0.1:9/");

    /** For one caller: those that are used up are nobody else's. */
    private static final int BURST = 2_000;

    private static final int BAD_CREDENTIALS = 20;

    private final Path home = Files.createTempDirectory("tidemark-answers-");
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final List<WebhookDesk> desks = new ArrayList<>();
    private final Served served = new Served(this::start);

    public AnswersOfTheEdge() throws IOException {}

    private ApiServer start(Served on) {
        WebhookDesk desk;
        try {
            desk = new WebhookDesk(
                    on.database.application(),
                    new AllowedReceivers(List.of(RECEIVER), List.of()),
                    SealingKey.at(home.resolve("webhook.key")),
                    Clock.systemUTC());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
        desks.add(desk);
        return ApiServer.start(
                on.engine,
                on.database.application(),
                on.token,
                Served.FACTS,
                ApiServer.Bind.loopback(0),
                new Supervision(
                        new Metrics("1"),
                        new Readiness(List.of(
                                () -> ready.get() ? Finding.up("part", "works") : Finding.down("part", "is down")))),
                List.of(new WebhookRoom(desk)),
                new RequestLimits(1, BURST, 100, BAD_CREDENTIALS));
    }

    /** All of it. */
    public void bringAbout() throws Exception {
        CompletableFuture<Void> slow = CompletableFuture.runAsync(this::bodyThatStops);
        Owned one = owned("web");
        eachOperation(one);
        malformedRequests(one);
        whatIsNotThere();
        whoMayNot();
        failuresWithin();
        whatIsInTheWay(one);
        rawRequests();
        slow.join();
        guessing();
    }

    /** A machine with something of each kind, and a second of each for names that are ambiguous. */
    private record Owned(String vm, String backup, String export, String operation) {
        String in(Routes.Route route) {
            String path = route.pattern()
                    .replace("{vm}", vm)
                    .replace("{checkpoint}", "monday")
                    .replace("{repo}", "default")
                    .replace("{backup}", backup)
                    .replace("{export}", export)
                    .replace("{operation}", operation)
                    .replace("{host}", "host1")
                    .replace("{token}", "nightly")
                    .replace("{webhook}", "siem")
                    .replace("{question}", "acts");
            return switch (route.pattern()) {
                case "/v1/vms/{vm}/backups/plan" -> path + "?repo=default";
                case "/v1/audit/chain" -> path + "?vm=" + vm + "&at=2026-01-02T03:04:05Z";
                default -> path;
            };
        }
    }

    private Owned owned(String vm) {
        MachineId machine = served.machine(vm);
        served.post("/v1/vms/" + vm + "/checkpoints", "{\"name\":\"monday\"}");
        OperationId operation = new OperationId(ANYBODY);
        BackupId backup = new BackupId(ANYBODY);
        for (int count = 0; count < 2; count++) {
            backup = served.backup(vm);
            operation = new OperationId(
                    served.get("/v1/backups/" + backup).json().path("operation").asString());
            served.engine.tell(new BackupCompleted(
                    machine,
                    operation,
                    backup,
                    new RepositoryName("default"),
                    Optional.empty(),
                    List.of(),
                    Instant.parse("2026-01-02T03:04:06Z")));
        }
        served.started("/v1/backups/" + backup + "/exports", "{}");
        String export =
                served.started("/v1/backups/" + backup + "/exports", "{}").value();
        return new Owned(vm, backup.value(), export, operation.value());
    }

    private void eachOperation(Owned one) throws SQLException {
        send("POST", "/v1/tokens", "{\"name\":\"nightly\",\"role\":\"VIEWER\"}");
        String webhook = send("POST", "/v1/webhooks", "{\"name\":\"siem\",\"url\":\"" + RECEIVER + "in\"}")
                .json()
                .path("id")
                .asString();
        PlainSql.run(
                served.database.application(),
                "INSERT INTO tidemark.webhook_dead_letter (webhook, log_index, event_type, attempts, first_attempt_at, trouble)"
                        + " VALUES ('" + webhook + "', 1, 'backup-completed.v1', 16, now(), 'it answered with 500')");
        List<Routes.Route> last = new ArrayList<>();
        for (Routes.Route route : Routes.ALL) {
            String path = one.in(route);
            if (route.pattern().equals("/v1/events")) {
                HeardStream.open(served, path, null).close();
            } else if (route.method().equals("GET")) {
                send("GET", path, null);
                served.send(served.request(path).header("If-None-Match", "*").GET());
            } else {
                send(route.method(), path + "?dryRun=true", route.body());
                if (route.method().equals("DELETE")) {
                    last.add(route);
                } else {
                    send(route.method(), path, route.body());
                }
            }
        }
        last.sort((some, other) -> other.pattern().length() - some.pattern().length());
        for (Routes.Route route : last) {
            send("DELETE", one.in(route), null);
        }
        String machine = served.machine("reporting").value();
        send("POST", "/v1/gateways/host1/reports", report(machine));
        send(
                "POST",
                "/v1/gateways/host1/progress",
                "{\"machine\":\"" + machine + "\",\"operation\":\"" + ANYBODY
                        + "\",\"phase\":\"COPY\",\"bytesDone\":1,\"bytesTotal\":2}");
    }

    private static String report(String machine) {
        return "{\"machine\":\"" + machine + "\",\"version\":1,\"sight\":{\"type\":\"NOT_TAKEN\"},\"results\":[]}";
    }

    private void malformedRequests(Owned one) {
        String checkpoints = "/v1/vms/reporting/checkpoints";
        send("GET", "/v1/backups/" + one.backup().substring(0, 6), null);
        send("GET", "/v1/exports/" + one.export().substring(0, 6), null);
        send("GET", "/v1/vms;a=1", null);
        send("GET", "/v1/vms?after=x", null);
        send("GET", "/v1/vms?limit=0", null);
        send("GET", "/v1/vms?unheard=1", null);
        send("GET", "/v1/vms/-web", null);
        send("GET", "/v1/vms/reporting/backups/plan", null);
        send("GET", "/v1/events?from=x", null);
        send("GET", "/v1/events?from=1-000000000000", null);
        send("POST", checkpoints, "{\"unheard\":1}");
        send("POST", checkpoints, "{");
        send("POST", checkpoints, "");
        served.post(checkpoints, "{}", "If-Match", "x");
        served.post(checkpoints, "{}", "If-Match", "\"" + ANYBODY + "-1\"");
        served.post("/v1/tokens", "{\"name\":\"a\",\"role\":\"VIEWER\"}", "If-Match", "*");
        served.post(checkpoints, "{}", "Idempotency-Key", "a b");
        served.send(served.request("/v1/vms").header("Accept", "text/html").GET());
        served.send(served.request("/v1/vms").PUT(BodyPublishers.noBody()));
        served.send(
                served.request(checkpoints).header("Content-Type", "text/plain").POST(BodyPublishers.ofString("{}")));
        served.post(checkpoints, " ".repeat((1 << 20) + 1));
    }

    private void whatIsNotThere() {
        for (String path : List.of(
                "/v1/nothing",
                "/v1/audit/questions/nothing",
                "/v1/vms/nothing",
                "/v1/vms/reporting/checkpoints/nothing",
                "/v1/backups/" + ANYBODY,
                "/v1/exports/" + ANYBODY,
                "/v1/operations/" + ANYBODY,
                "/v1/vms/reporting/backups/plan?repo=nothing",
                "/v1/webhooks/nothing")) {
            send("GET", path, null);
        }
        send("DELETE", "/v1/tokens/nothing", null);
        send("POST", "/v1/webhooks", "{\"name\":\"quiet\",\"url\":\"" + RECEIVER + "in\"}");
        send("POST", "/v1/webhooks/quiet/redeliveries", "{\"index\":1}");
        send("POST", "/v1/webhooks", "{\"name\":\"strange\",\"url\":\"https://elsewhere.example/in\"}");
        send("POST", "/v1/webhooks", "{\"name\":\"quiet\",\"url\":\"" + RECEIVER + "in\"}");
        int status = 201;
        for (int number = 0; status == 201; number++) {
            status = send("POST", "/v1/webhooks", "{\"name\":\"w" + number + "\",\"url\":\"" + RECEIVER + "in\"}")
                    .status();
        }
        send("DELETE", "/v1/webhooks/w1", null);
    }

    private void whoMayNot() throws SQLException {
        served.send(served.anonymous("/v1/vms").GET());
        String viewer = token("viewer");
        served.send(served.anonymous("/v1/tokens")
                .header("Authorization", "Bearer " + viewer)
                .GET());
        List<HeardStream> streams = new ArrayList<>();
        try {
            for (int number = 0; number < EventStreams.STREAMS_MAX; number++) {
                streams.add(
                        HeardStream.open(served.anonymous("/v1/events").header("Authorization", "Bearer " + viewer)));
            }
            served.send(served.anonymous("/v1/events")
                    .header("Authorization", "Bearer " + viewer)
                    .GET());
        } finally {
            streams.forEach(HeardStream::close);
        }
        String hasty = token("hasty");
        int status = 200;
        for (int number = 0; number < 2 * BURST && status == 200; number++) {
            status = served.send(served.anonymous("/v1/server")
                            .header("Authorization", "Bearer " + hasty)
                            .GET())
                    .status();
        }
        PlainSql.run(served.database.migration(), "REVOKE INSERT ON tidemark.act_entry FROM tidemark_application");
        try {
            send("POST", "/v1/vms/nothing/checkpoints", "{}");
        } finally {
            PlainSql.run(served.database.migration(), "GRANT INSERT ON tidemark.act_entry TO tidemark_application");
        }
    }

    private String token(String name) {
        return send("POST", "/v1/tokens", "{\"name\":\"" + name + "\",\"role\":\"VIEWER\"}")
                .json()
                .path("token")
                .asString();
    }

    private void failuresWithin() throws SQLException {
        String checkpoints = "/v1/vms/reporting/checkpoints";
        for (RuntimeException failure : List.of(
                new IllegalStateException("a defect"),
                new IllegalStateException(new InterruptedException()),
                ToldFailures.unavailable(Cause.DATABASE_DOWN),
                ToldFailures.unavailable(Cause.MACHINE_BUSY),
                ToldFailures.conflict(),
                ToldFailures.outcomeUnknown())) {
            served.engine.nextFailure.set(failure);
            send("POST", checkpoints, "{}");
        }
        // What no request brings about: we choose ids that are new, and look up a machine and a backup before we
        // decide.
        rejected(checkpoints, Rejected.Kind.CONFLICT, "ALREADY_REGISTERED");
        rejected(checkpoints, Rejected.Kind.CONFLICT, "IDENTITY_REUSED");
        rejected(checkpoints, Rejected.Kind.NOT_FOUND, "UNKNOWN_MACHINE");
        rejected(checkpoints, Rejected.Kind.NOT_FOUND, "UNKNOWN_BACKUP");
        String claim = "{\"instance\":\"one\",\"epoch\":0,\"kind\":\"HOLD\",\"version\":\"1\"}";
        for (LinkException failure :
                List.of(new LinkException("the database is away"), new FencedException("another gateway has it"))) {
            served.engine.nextLinkFailure.set(failure);
            send("POST", "/v1/gateways/host1/lease", claim);
        }
        served.engine.reachable = false;
        send("POST", "/v1/vms/reporting/reconciliation", "{}");
        served.engine.reachable = true;
        ready.set(false);
        send("GET", "/health/ready", null);
        ready.set(true);
        try (Connection hanging = served.database.application().getConnection();
                Statement statement = hanging.createStatement()) {
            // Somebody who writes to the log, and neither commits nor goes away.
            hanging.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO tidemark.domain_event_entry (event_identifier, aggregate_identifier, sequence_number, type,"
                            + " time_stamp, payload_type, payload, meta_data) VALUES ('hanging', 'hanging', 0, 'Machine',"
                            + " '2026-01-02T03:04:05.000Z', 'backup-completed.v1', '{}', '{}')");
            served.machine("committed-behind-it");
            send("POST", "/v1/webhooks", "{\"name\":\"late\",\"url\":\"" + RECEIVER + "in\"}");
            hanging.rollback();
            hanging.setAutoCommit(true);
        }
    }

    private void rejected(String path, Rejected.Kind kind, String code) {
        served.engine.nextRejection.set(new Rejected(kind, code, "so it is", "do this", Optional.empty()));
        send("POST", path, "{}");
    }

    private void whatIsInTheWay(Owned one) {
        String checkpoints = "/v1/vms/reporting/checkpoints";
        served.post(checkpoints, "{}", "Idempotency-Key", "night-1");
        served.post(checkpoints, "{\"name\":\"other\"}", "Idempotency-Key", "night-1");
        CountDownLatch hold = new CountDownLatch(1);
        served.engine.hold.set(hold);
        CompletableFuture<Served.Answer> first = CompletableFuture.supplyAsync(
                () -> served.post(checkpoints, "{\"name\":\"held\"}", "Idempotency-Key", "night-2"));
        try {
            String code = "";
            for (int turn = 0; !code.equals("IDEMPOTENCY_KEY_IN_USE"); turn++) {
                if (turn > 0 && first.isDone()) {
                    throw new AssertionError("the first was not held: " + one);
                }
                // Whichever of the two comes first is held; the other one hears of it.
                code = CompletableFuture.supplyAsync(
                                () -> served.post(checkpoints, "{\"name\":\"held\"}", "Idempotency-Key", "night-2"))
                        .completeOnTimeout(new Served.Answer(0, none(), "{}"), 1, TimeUnit.SECONDS)
                        .join()
                        .code();
            }
        } finally {
            served.engine.hold.set(null);
            hold.countDown();
        }
        first.join();
    }

    private static HttpHeaders none() {
        return HttpHeaders.of(new TreeMap<>(), (name, value) -> true);
    }

    private void rawRequests() {
        raw("POST /v1/vms", rawHead() + "Expect: wonders\r\n", "{}");
        raw("POST /v1/vms", rawHead() + "Transfer-Encoding: gzip\r\n", "");
        raw("GET /v1/vms", rawHead() + "X-Long: " + "a".repeat(20_000) + "\r\n", "");
        raw("GET /v1/vms/" + "a".repeat(20_000), rawHead(), "");
        RawAnswer.to(served.server.url(), "GET /v1/vms HTTP/3.1\r\n" + rawHead() + "\r\n")
                .require("GET", "/v1/vms");
    }

    private String rawHead() {
        return "Host: x\r\nConnection: close\r\nAuthorization: Bearer " + served.token.secret() + "\r\n";
    }

    /** After some seconds it is given up. */
    private void bodyThatStops() {
        raw(
                "POST /v1/vms/nothing/checkpoints",
                rawHead() + "Content-Type: application/json\r\nContent-Length: 100\r\n",
                "{");
    }

    private void raw(String line, String head, String body) {
        String[] words = line.split(" ", 2);
        RawAnswer.to(served.server.url(), line + " HTTP/1.1\r\n" + head + "\r\n" + body)
                .require(words[0], words[1]);
    }

    /** Last: from then on the address is not listened to. */
    private void guessing() {
        for (int number = 0; number < 2 * BAD_CREDENTIALS; number++) {
            served.send(served.anonymous("/v1/vms")
                    .header("Authorization", "Bearer tmk_" + "A".repeat(40) + (100 + number))
                    .GET());
        }
    }

    private Served.Answer send(String method, String path, @Nullable String body) {
        var request = served.request(path);
        return served.send(
                body == null
                        ? request.method(method, BodyPublishers.noBody())
                        : request.header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body)));
    }

    @Override
    public void close() {
        served.close();
        desks.forEach(WebhookDesk::close);
        TemporaryTree.delete(home);
    }
}
