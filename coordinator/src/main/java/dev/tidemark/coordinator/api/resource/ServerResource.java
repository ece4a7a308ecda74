package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.RepositoryView;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.monitor.health.Checks;
import dev.tidemark.coordinator.monitor.health.Finding;
import dev.tidemark.coordinator.monitor.health.Readiness;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.Queries;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the coordinator tells of itself. */
@RestController
public final class ServerResource {
    private static final String OPENAPI = "/openapi/tidemark.yaml";

    private final Engine engine;
    private final Queries queries;
    private final ServerFacts facts;
    private final Clock clock;
    private final Readiness readiness;
    private final byte[] openapi;

    public ServerResource(Engine engine, Queries queries, ServerFacts facts, Clock clock, Readiness readiness)
            throws IOException {
        this.readiness = readiness;
        this.engine = engine;
        this.queries = queries;
        this.facts = facts;
        this.clock = clock;
        try (InputStream document = ServerResource.class.getResourceAsStream(OPENAPI)) {
            if (document == null) {
                throw new IOException(OPENAPI + " is not on the class path");
            }
            this.openapi = document.readAllBytes();
        }
    }

    record Health(String status) {
        static final Health UP = new Health("UP");
    }

    /** {@code detail} is for who may see the whole. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CheckView(
            String name, Finding.State state, @Nullable String detail) {}

    record Ready(String status, List<CheckView> checks) {}

    record DatabaseView(ServerFacts.DatabaseKind kind, String version) {}

    record ServerView(String version, String host, DatabaseView database, long uptimeSeconds) {}

    record Repositories(List<RepositoryView> repositories) {}

    @GetMapping("/health/live")
    Health live() {
        return Health.UP;
    }

    @GetMapping("/health/ready")
    Ready ready() {
        List<Finding> findings = readiness.look();
        List<Finding> down = findings.stream()
                .filter(finding -> finding.state() == Finding.State.DOWN)
                .toList();
        if (!down.isEmpty()) {
            throw new Refusal(notReady(down));
        }
        boolean mayKnowMore = Callers.current().scope().isAll();
        return new Ready(
                Health.UP.status(),
                findings.stream()
                        .map(finding ->
                                new CheckView(finding.name(), finding.state(), mayKnowMore ? finding.detail() : null))
                        .toList());
    }

    private static Problem notReady(List<Finding> down) {
        if (down.stream().anyMatch(finding -> finding.name().equals(Checks.DATABASE))) {
            return Problem.of(
                    503,
                    "STORAGE_UNAVAILABLE",
                    details(down),
                    "Check the database; the coordinator goes on by itself when it answers.");
        }
        return Problem.of(
                503, "COORDINATOR_NOT_READY", details(down), "Look into the coordinator's log, and ask again.");
    }

    /** A caller with some machines only learns which parts are down, and no more. */
    private static String details(List<Finding> down) {
        boolean mayKnowMore = Callers.current().scope().isAll();
        return down.stream()
                .map(finding -> finding.name() + (mayKnowMore ? ": " + finding.detail() : " is down"))
                .collect(Collectors.joining("; "));
    }

    @GetMapping("/v1/server")
    ServerView server() {
        return new ServerView(
                facts.version(),
                facts.host().value(),
                new DatabaseView(facts.databaseKind(), queries.serverVersion()),
                Duration.between(facts.startedAt(), clock.instant()).toSeconds());
    }

    @GetMapping("/v1/repositories")
    Repositories repositories() {
        return new Repositories(engine.repositories());
    }

    @GetMapping(path = "/v1/openapi.yaml", produces = MediaType.APPLICATION_YAML_VALUE)
    ResponseEntity<byte[]> openapi() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(openapi);
    }
}
