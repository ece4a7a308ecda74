package dev.tidemark.coordinator.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.cli.client.Discovery;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs commands as a user would, once after a build, so that the JVM can write down what commands load ({@code train} in the launcher).
 * Somebody has to answer them: a coordinator takes too long to start for that, so the answers are played, in the shapes of the real ones.
 */
public final class Rehearsal {
    private static final int MACHINES = 500;

    private Rehearsal() {}

    /** Ends with 1 if a command did not do what it does for a user: what is remembered would be its failure. */
    public static void main(String[] arguments) throws IOException {
        System.exit(played() ? 0 : 1);
    }

    static boolean played() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/vms", Rehearsal::answer);
        server.start();
        Path home = Files.createTempDirectory("tidemark-rehearsal");
        try {
            Files.writeString(home.resolve(Discovery.TOKEN_FILE), "rehearsal");
            Files.writeString(
                    home.resolve(Discovery.SERVER_FILE),
                    Json.MAPPER.writeValueAsString(Map.of(
                            "url", "http://127.0.0.1:" + server.getAddress().getPort())));
            return run(home, 0, "vm", "list")
                    && run(home, 0, "vm", "list", "-o", "json")
                    && run(home, 3, "vm", "show", "nobody");
        } finally {
            server.stop(0);
            Files.deleteIfExists(home.resolve(Discovery.TOKEN_FILE));
            Files.deleteIfExists(home.resolve(Discovery.SERVER_FILE));
            Files.deleteIfExists(home);
        }
    }

    private static boolean run(Path home, int expected, String... words) {
        Terminal nowhere =
                new Terminal(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Map.of(), false);
        String[] line = java.util.stream.Stream.concat(
                        java.util.Arrays.stream(words), List.of("--home", home.toString()).stream())
                .toArray(String[]::new);
        TidemarkCommand command = new TidemarkCommand(() -> {
            throw new IllegalStateException("a rehearsal starts nothing");
        });
        return command.run(nowhere, line) == expected;
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals("/v1/vms")) {
                answer(exchange, 404, "application/problem+json", """
                        {"type":"https://tidemark.dev/problems/vm-not-found","title":"Vm not found","status":404,
                         "detail":"there is no such vm","code":"VM_NOT_FOUND","remedy":"See GET /v1/vms for the names."}""");
                return;
            }
            StringBuilder lines = new StringBuilder();
            for (int number = 0; number < MACHINES; number++) {
                lines.append(String.format(Locale.ROOT, """
                        {"id":"01ARZ3NDEKTSV4RRFFQ69G%04d","name":"web-%d","host":"vm","state":"UP",\
                        "qemu":{"version":"10.0.0"},"disks":[{"name":"vda"},{"name":"vdb"}],"pending":null,"labels":{}}
                        """, number, number));
            }
            answer(
                    exchange,
                    200,
                    "application/x-ndjson;charset=UTF-8",
                    lines.append("{\"end\":").append(MACHINES).append("}\n").toString());
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        // In pieces, as the real ones come.
        exchange.sendResponseHeaders(status, 0);
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    }
}
