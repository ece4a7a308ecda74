package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.RepositoryView;
import dev.tidemark.coordinator.api.ServerFacts;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.view.Queries;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the coordinator tells of itself. */
@RestController
public final class ServerResource {
    private static final String OPENAPI = "/openapi/tidemark.yaml";
    private static final Duration DATABASE_LIMIT = Duration.ofSeconds(1);

    private final Engine engine;
    private final Queries queries;
    private final ServerFacts facts;
    private final Clock clock;
    private final byte[] openapi;

    public ServerResource(Engine engine, Queries queries, ServerFacts facts, Clock clock) throws IOException {
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

    record DatabaseView(ServerFacts.DatabaseKind kind, String version) {}

    record ServerView(String version, String host, DatabaseView database, long uptimeSeconds) {}

    record Repositories(List<RepositoryView> repositories) {}

    @GetMapping("/health/live")
    Health live() {
        return Health.UP;
    }

    @GetMapping("/health/ready")
    Health ready() {
        if (!queries.answers(DATABASE_LIMIT)) {
            throw new Refusal(Problem.of(
                    503,
                    "STORAGE_UNAVAILABLE",
                    "the database does not answer",
                    "Check the database; the coordinator goes on by itself when it answers."));
        }
        return Health.UP;
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
