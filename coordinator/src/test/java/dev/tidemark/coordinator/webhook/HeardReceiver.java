package dev.tidemark.coordinator.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;

/** Somebody who is told of events, and answers as the test wants. What it does not accept it has not heard. */
public final class HeardReceiver implements AutoCloseable {
    /** No answer at all. */
    static final int CUT = 0;

    /** Accepted, and the sender does not learn of it. */
    static final int ACCEPT_AND_CUT = 1;

    private final HttpServer server;
    final List<Heard> heard = new CopyOnWriteArrayList<>();
    final List<Heard> attempts = new CopyOnWriteArrayList<>();

    /** The status for the request of this number, from 1. */
    volatile IntUnaryOperator statuses = number -> 204;

    volatile String retryAfter = "";

    /** A request as it came. */
    public record Heard(String id, String timestamp, String signature, String type, String body) {
        public JsonNode json() {
            return Json.MAPPER.readTree(body);
        }

        /** The few lines that a receiver needs. */
        public boolean isSignedWith(String secret) throws GeneralSecurityException {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
            mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            String expected =
                    "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
            return List.of(signature.split(" ")).contains(expected);
        }
    }

    HeardReceiver() throws IOException {
        this(0);
    }

    /** One on this port; 0 lets the system choose. */
    public HeardReceiver(int port) throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    }

    /** What was accepted, tests of the webhook included. */
    public List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** Answers from now on with the status for the request of this number, from 1. */
    public void answer(IntUnaryOperator answers) {
        statuses = answers;
    }

    /** One that is reached over TLS. */
    static HeardReceiver secure(SSLContext identity) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(identity));
        return new HeardReceiver(server);
    }

    private HeardReceiver(HttpServer server) {
        this.server = server;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::take);
        server.start();
    }

    public String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort() + "/in";
    }

    /** The places in the log of what was heard, in the order in which it was heard first. */
    List<Long> places() {
        return heard.stream()
                .map(Heard::id)
                .distinct()
                .map(id -> Long.valueOf(id.substring(0, id.indexOf('-'))))
                .toList();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            Heard one = new Heard(
                    header(exchange, "webhook-id"),
                    header(exchange, "webhook-timestamp"),
                    header(exchange, "webhook-signature"),
                    header(exchange, "Content-Type"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            int status;
            synchronized (this) {
                attempts.add(one);
                status = statuses.applyAsInt(attempts.size());
                if (status == ACCEPT_AND_CUT || status / 100 == 2) {
                    heard.add(one);
                }
            }
            if (status == CUT || status == ACCEPT_AND_CUT) {
                return;
            }
            if (!retryAfter.isEmpty()) {
                exchange.getResponseHeaders().add("Retry-After", retryAfter);
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        return String.valueOf(exchange.getRequestHeaders().getFirst(name));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
