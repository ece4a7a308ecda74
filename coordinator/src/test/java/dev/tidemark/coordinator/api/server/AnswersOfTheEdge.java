package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.Supervision;
import dev.tidemark.coordinator.api.stream.EventStreams;
import dev.tidemark.coordinator.monitor.health.Finding;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.monitor.metrics.Metrics;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.testkit.PlainSql;
import dev.tidemark.coordinator.testkit.TemporaryTree;
import dev.tidemark.coordinator.webhook.AllowedReceivers;
import dev.tidemark.coordinator.webhook.SealingKey;
import dev.tidemark.coordinator.webhook.WebhookDesk;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
    private static final int BURST = 1_000;

    private static final int BAD_CREDENTIALS = 20;

    private final Path home = Files.createTempDirectory("tidemark-answers-");
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final Readiness readiness =
            new Readiness(List.of(() -> ready.get() ? Finding.up("part", "works") : Finding.down("part", "is down")));
    private final List<WebhookDesk> desks = new ArrayList<>();
    private final FailingStorage storage = new FailingStorage();
    private int tokens;
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
                storage.over(on.database.application()),
                on.token,
                Served.FACTS,
                ApiServer.Bind.loopback(0),
                new Supervision(new Metrics("1"), readiness),
                List.of(new WebhookRoom(desk)),
                new RequestLimits(1, BURST, 100, BAD_CREDENTIALS));
    }

    /** All of it. */
    public void bringAbout() throws Exception {
        thingsOfAll();
        OwnedThings own = OwnedThings.make(served, "held");
        RefusalsOfOperations refusals = new RefusalsOfOperations(served, own, () -> token("ADMIN"));
        // Before anybody has followed the log: who has seen its end once is told from there on, and waits.
        whatIsDown(refusals);
        CompletableFuture<Void> slow = refusals.bodiesThatStop();
        refusals.bringAbout();
        whoMayNot(own, refusals);
        storageThatFails(own, refusals);
        atTheStart(own, refusals);
        whatIsNotThere();
        slow.join();
        eachOperation(OwnedThings.make(served, "web"));
        guessing(own, refusals);
    }

    /** They have one name in all requests. */
    private void thingsOfAll() throws SQLException {
        send("POST", "/v1/tokens", "{\"name\":\"nightly\",\"role\":\"VIEWER\"}");
        String webhook = send("POST", "/v1/webhooks", "{\"name\":\"siem\",\"url\":\"" + RECEIVER + "in\"}")
                .json()
                .path("id")
                .asString();
        PlainSql.run(
                served.database.application(),
                "INSERT INTO tidemark.webhook_dead_letter (webhook, log_index, event_type, attempts, first_attempt_at, trouble)"
                        + " VALUES ('" + webhook + "', 1, 'backup-completed.v1', 16, now(), 'it answered with 500')");
    }

    /** When nothing stands in its way. */
    private void eachOperation(OwnedThings one) {
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

    static String report(String machine) {
        return "{\"machine\":\"" + machine + "\",\"version\":1,\"sight\":{\"type\":\"NOT_TAKEN\"},\"results\":[]}";
    }

    /** Without a credential, with one that may not, with one that asks too often; and what cannot be put on record. */
    private void whoMayNot(OwnedThings own, RefusalsOfOperations refusals) throws SQLException {
        refusals.each("UNAUTHENTICATED", route -> served.send(refusals.request(route, own.in(route), route.body())));
        String stranger = send(
                        "POST", "/v1/tokens", "{\"name\":\"stranger\",\"role\":\"GATEWAY\",\"host\":\"elsewhere\"}")
                .json()
                .path("token")
                .asString();
        refusals.each("ACCESS_DENIED", route -> by(stranger, own, refusals, route));
        PlainSql.run(served.database.migration(), "REVOKE INSERT ON tidemark.act_entry FROM tidemark_application");
        try {
            refusals.each("ACT_NOT_RECORDED", route -> by(stranger, own, refusals, route));
        } finally {
            PlainSql.run(served.database.migration(), "GRANT INSERT ON tidemark.act_entry TO tidemark_application");
        }
        tooManyStreams();
        String hasty = token("VIEWER");
        refusals.each("RATE_LIMITED", route -> {
            int status = 0;
            for (int number = 0; number < 2 * BURST && status != 429; number++) {
                // Looked at only by whoever lets it pass: what it asks for never happens.
                String path = RefusalsOfOperations.joined(own.in(route), "unheard=1");
                status = served.send(
                                refusals.request(route, path, route.body()).header("Authorization", "Bearer " + hasty))
                        .status();
            }
        });
    }

    private Served.Answer by(String token, OwnedThings own, RefusalsOfOperations refusals, Routes.Route route) {
        return served.send(
                refusals.request(route, own.in(route), route.body()).header("Authorization", "Bearer " + token));
    }

    private void tooManyStreams() {
        String viewer = token("VIEWER");
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
    }

    /** One that never asked. */
    private String token(String role) {
        return send("POST", "/v1/tokens", "{\"name\":\"n" + tokens++ + "\",\"role\":\"" + role + "\"}")
                .json()
                .path("token")
                .asString();
    }

    /** Whoever shows a token is looked up, whatever he asks for. */
    private void storageThatFails(OwnedThings own, RefusalsOfOperations refusals) {
        String administrator = token("ADMIN");
        Map.of(
                        "INTERNAL_ERROR",
                        new IllegalStateException("a defect"),
                        "STOPPING",
                        new IllegalStateException(new InterruptedException()),
                        "STORAGE_UNAVAILABLE",
                        new SQLTransientConnectionException("the database is away", "08006"))
                .forEach((code, failure) -> {
                    storage.failWith(failure);
                    try {
                        refusals.each(code, route -> by(administrator, own, refusals, route));
                    } finally {
                        storage.work();
                    }
                });
    }

    private void atTheStart(OwnedThings own, RefusalsOfOperations refusals) {
        readiness.starting(() -> new Readiness.Start("taking up machines: 1 of 3", 2));
        refusals.each("COORDINATOR_STARTING", route -> by(served.token.secret(), own, refusals, route));
        readiness.started();
    }

    private void whatIsNotThere() {
        send("GET", "/v1/nothing", null);
        served.send(served.request("/v1/vms").PUT(BodyPublishers.noBody()));
        int status = 201;
        for (int number = 0; status == 201; number++) {
            status = send("POST", "/v1/webhooks", "{\"name\":\"w" + number + "\",\"url\":\"" + RECEIVER + "in\"}")
                    .status();
        }
        send("DELETE", "/v1/webhooks/w1", null);
        send("DELETE", "/v1/webhooks/w2", null);
    }

    private void whatIsDown(RefusalsOfOperations refusals) throws SQLException {
        served.engine.reachable = false;
        send("POST", "/v1/vms/held/reconciliation", "{}");
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
            refusals.each(
                    "LOG_BUSY",
                    route -> send(
                            route.method(),
                            route.pattern(),
                            route.body() == null ? null : "{\"name\":\"late\",\"url\":\"" + RECEIVER + "in\"}"));
            hanging.rollback();
            hanging.setAutoCommit(true);
        }
    }

    /** Last: from then on the address is not listened to. */
    private void guessing(OwnedThings own, RefusalsOfOperations refusals) {
        int number = 0;
        int status = 401;
        while (status == 401) {
            status = guess(number++, Routes.ALL.getLast(), own, refusals);
        }
        refusals.each("TOO_MANY_BAD_CREDENTIALS", route -> {
            // Every few seconds one more is looked at.
            int seen = 401;
            while (seen == 401) {
                seen = guess(0, route, own, refusals);
            }
        });
    }

    private int guess(int number, Routes.Route route, OwnedThings own, RefusalsOfOperations refusals) {
        return by("tmk_" + "A".repeat(40) + (100 + number), own, refusals, route)
                .status();
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
