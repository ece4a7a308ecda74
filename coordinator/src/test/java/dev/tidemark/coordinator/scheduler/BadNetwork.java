package dev.tidemark.coordinator.scheduler;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.testkit.Contract;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What lies between a scheduler and its coordinator: loses answers after the request was heard, asks to come later, cuts streams
 * of events; and, told to, keeps the Idempotency-Key to itself. What is not answered as the OpenAPI document says, it notes.
 */
final class BadNetwork implements AutoCloseable {
    private static final String KEY = "Idempotency-Key";
    private static final long RETRY_AFTER_SECONDS = 1;
    private static final int STREAM_BYTES_MAX = 4_000;
    private static final List<String> PASSED = List.of("Authorization", "Content-Type", "Accept", "Last-Event-ID");

    private final List<HttpServer> ends = new ArrayList<>();
    private final URI coordinator;
    private final boolean keysPass;
    /** Read before the first request: a window may be short. */
    private final Contract contract = Contract.published();

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicInteger posts = new AtomicInteger();
    private final Map<String, Long> notBefore = new ConcurrentHashMap<>();
    final AtomicInteger lost = new AtomicInteger();
    final AtomicInteger delayed = new AtomicInteger();
    final AtomicInteger resumed = new AtomicInteger();
    final List<String> tooEarly = Collections.synchronizedList(new ArrayList<>());
    final List<String> undocumented = Collections.synchronizedList(new ArrayList<>());

    BadNetwork(URI coordinator, boolean keysPass) {
        this.coordinator = coordinator;
        this.keysPass = keysPass;
    }

    /** An end for one process: what one was told before it was killed, the next one cannot know. */
    String newEnd() throws IOException {
        HttpServer end = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        end.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        end.createContext("/", this::pass);
        end.start();
        ends.add(end);
        return "http://127.0.0.1:" + end.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        // Closing without an answer is what the other side knows as a lost one.
        try (exchange) {
            boolean isPost = exchange.getRequestMethod().equals("POST");
            int number = isPost ? posts.incrementAndGet() : 0;
            String key = exchange.getRequestHeaders().getFirst(KEY) + " at "
                    + exchange.getLocalAddress().getPort();
            Long earliest = notBefore.remove(key);
            if (earliest != null && System.nanoTime() - earliest < 0) {
                tooEarly.add(key);
            }
            if (isPost && number % 9 == 4) {
                delayed.incrementAndGet();
                notBefore.put(key, System.nanoTime() + RETRY_AFTER_SECONDS * 1_000_000_000);
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("Retry-After", Long.toString(RETRY_AFTER_SECONDS));
                exchange.sendResponseHeaders(number % 2 == 0 ? 429 : 503, -1);
                return;
            }
            HttpResponse<InputStream> answer =
                    client.send(forwarded(exchange), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                if (isPost && number % 7 == 3) {
                    body.readAllBytes();
                    lost.incrementAndGet();
                    return;
                }
                relay(exchange, answer, body);
            }
        } catch (IOException broken) {
            // The coordinator was killed, or the client: either way there is no answer.
            return;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest forwarded(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(coordinator + exchange.getRequestURI().toString()))
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
        List<String> passed = new ArrayList<>(PASSED);
        if (keysPass) {
            passed.add(KEY);
        }
        for (String name : passed) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        if (exchange.getRequestHeaders().containsKey("Last-Event-ID")) {
            resumed.incrementAndGet();
        }
        return request.build();
    }

    private void relay(HttpExchange exchange, HttpResponse<InputStream> answer, InputStream body) throws IOException {
        boolean isStream = exchange.getRequestURI().getPath().equals("/v1/events");
        answer.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
        if (!isStream) {
            byte[] bytes = body.readAllBytes();
            note(answer, new String(bytes, StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(answer.statusCode(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            return;
        }
        exchange.sendResponseHeaders(answer.statusCode(), 0);
        OutputStream out = exchange.getResponseBody();
        byte[] buffer = new byte[512];
        int passed = 0;
        // Cut in the middle of whatever comes then.
        for (int count = body.read(buffer); count >= 0 && passed < STREAM_BYTES_MAX; count = body.read(buffer)) {
            out.write(buffer, 0, count);
            out.flush();
            passed += count;
        }
        out.write("\ndata: {\"vm".getBytes(StandardCharsets.US_ASCII));
    }

    private void note(HttpResponse<?> answer, String text) {
        String path = answer.uri().getPath();
        String method = answer.request().method();
        contract.findings(method, path, new Contract.Answer(answer.statusCode(), answer.headers(), text))
                .forEach(finding -> undocumented.add(method + " " + path + ": " + finding + " in " + text));
    }

    @Override
    public void close() {
        ends.forEach(end -> end.stop(0));
        client.shutdownNow();
    }
}
