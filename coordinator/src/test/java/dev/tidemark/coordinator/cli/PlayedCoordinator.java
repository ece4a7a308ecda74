package dev.tidemark.coordinator.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Plays the coordinator: answers what the test says, and remembers what it was asked. The last answer of a route stays. */
final class PlayedCoordinator implements AutoCloseable {
    /** What was asked. */
    record Asked(
            String method,
            String path,
            String key,
            String authorization,
            String contentType,
            String lastEvent,
            String ifMatch,
            String traceparent,
            String body) {}

    private record Answer(int status, String body, boolean broken, String retryAfter, String type) {
        Answer(int status, String body, boolean broken, String retryAfter) {
            this(status, body, broken, retryAfter, "application/json");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Deque<Answer>> routes = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    PlayedCoordinator() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** The only request with this method. */
    Asked only(String method) {
        List<Asked> matching = asked.stream()
                .filter(request -> request.method().equals(method))
                .toList();
        if (matching.size() != 1) {
            throw new AssertionError("not one " + method + ": " + asked);
        }
        return matching.getFirst();
    }

    /** @param route method and path, without the query */
    PlayedCoordinator answers(String route, int status, String body) {
        return queue(route, new Answer(status, body, false, ""));
    }

    PlayedCoordinator answers(String route, String body) {
        return answers(route, 200, body);
    }

    /** A long answer; whether it ends as one should is up to its last line. */
    PlayedCoordinator lines(String route, String... lines) {
        return queue(
                route,
                new Answer(200, String.join("\n", lines) + "\n", false, "", "application/x-ndjson;charset=UTF-8"));
    }

    PlayedCoordinator refuses(String route, int status, String code) {
        return answers(
                route,
                status,
                "{\"type\":\"https://tidemark.dev/problems/x\",\"title\":\"no\",\"status\":" + status
                        + ",\"detail\":\"it cannot be\",\"code\":\"" + code
                        + "\",\"remedy\":\"do something else\",\"unheardOf\":[1]}");
    }

    /** Takes the request and closes the connection without an answer. */
    PlayedCoordinator breaks(String route) {
        return queue(route, new Answer(0, "", true, ""));
    }

    /** Has too much of its caller now. */
    PlayedCoordinator limits(String route, String retryAfter) {
        return queue(
                route,
                new Answer(
                        429,
                        "{\"title\":\"later\",\"status\":429,\"detail\":\"too often\",\"code\":\"RATE_LIMITED\","
                                + "\"remedy\":\"wait\"}",
                        false,
                        retryAfter));
    }

    private PlayedCoordinator queue(String route, Answer answer) {
        routes.computeIfAbsent(route, ignored -> new ArrayDeque<>()).add(answer);
        return this;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(new Asked(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    header(exchange, "Idempotency-Key"),
                    header(exchange, "Authorization"),
                    header(exchange, "Content-Type"),
                    header(exchange, "Last-Event-ID"),
                    header(exchange, "If-Match"),
                    header(exchange, "traceparent"),
                    body));
            Answer answer = next(
                    exchange.getRequestMethod() + " " + exchange.getRequestURI().getRawPath());
            if (answer.broken()) {
                return;
            }
            if (!answer.retryAfter().isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", answer.retryAfter());
            }
            exchange.getResponseHeaders().set("Content-Type", answer.type());
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized Answer next(String route) {
        Deque<Answer> answers = routes.get(route);
        if (answers == null) {
            return new Answer(
                    404,
                    "{\"title\":\"not found\",\"status\":404,\"detail\":\"nothing at " + route
                            + "\",\"code\":\"NOT_FOUND\",\"remedy\":\"look elsewhere\"}",
                    false,
                    "");
        }
        return answers.size() > 1 ? answers.remove() : answers.element();
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
