package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.ledger.postgres.Database;
import dev.tidemark.coordinator.security.AdminToken;
import dev.tidemark.coordinator.security.RequestLimits;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.coordinator.testkit.TestDatabase;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** A started server with all that it stands on, and a client for it. */
final class Served implements AutoCloseable {
    static final ServerFacts FACTS = new ServerFacts(
            "1.2.3", new HostName("host1"), ServerFacts.DatabaseKind.EMBEDDED, Instant.parse("2026-01-02T03:04:05Z"));

    final Database database = TestDatabase.fresh();
    final PlayedEngine engine = new PlayedEngine(database.application());
    final AdminToken token;
    final ApiServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Served() {
        this(ApiServer.Bind.loopback(0));
    }

    Served(ApiServer.Bind bind) {
        // Many tests are one caller here, and one address that shows bad credentials.
        this(bind, new RequestLimits(1_000_000, 1_000_000, 1_000_000, 1_000_000));
    }

    Served(RequestLimits limits) {
        this(ApiServer.Bind.loopback(0), limits);
    }

    Served(ApiServer.Bind bind, RequestLimits limits) {
        this(served ->
                ApiServer.start(served.engine, served.database.application(), served.token, FACTS, bind, limits));
    }

    /** A server that is started by somebody else on what there is here. */
    Served(Function<Served, ApiServer> start) {
        try {
            Path home = Files.createTempDirectory("tidemark-api-test-");
            token = AdminToken.at(home.resolve("admin.token"));
            Files.delete(home.resolve("admin.token"));
            Files.delete(home);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
        server = start.apply(this);
    }

    /** An answer. */
    record Answer(int status, HttpHeaders headers, String text) {
        JsonNode json() {
            return Json.MAPPER.readTree(text);
        }

        String code() {
            return json().path("code").asString("");
        }
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer post(String path, String body, String... headers) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    Answer delete(String path, String... headers) {
        HttpRequest.Builder request = request(path).DELETE();
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** With the token. */
    HttpRequest.Builder request(String path) {
        return anonymous(path).header("Authorization", "Bearer " + token.secret());
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).timeout(Duration.ofSeconds(90));
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Contract.require(response);
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Registers a machine, which is then seen. */
    MachineId machine(String name) {
        Answer answer = post("/v1/vms", "{\"name\":\"" + name + "\",\"qmp\":\"/run/qmp.sock\"}");
        if (answer.status() != 202) {
            throw new AssertionError(answer.text());
        }
        MachineId machine = new MachineId(answer.json().path("target").asString());
        engine.observed(machine);
        return machine;
    }

    /** Starts something and gives its operation. */
    OperationId started(String path, String body) {
        return new OperationId(post(path, body).json().path("id").asString());
    }

    /** Starts a backup. */
    BackupId backup(String vm) {
        return new BackupId(post("/v1/vms/" + vm + "/backups", "{\"repo\":\"default\",\"noCheckpoint\":true}")
                .json()
                .path("target")
                .asString());
    }

    @Override
    public void close() {
        server.close();
        client.close();
        database.close();
    }
}
