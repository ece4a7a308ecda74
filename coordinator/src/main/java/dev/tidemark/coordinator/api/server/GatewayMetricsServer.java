package dev.tidemark.coordinator.api.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tidemark.coordinator.monitor.metrics.Exposition;
import dev.tidemark.coordinator.monitor.metrics.GatewayMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** {@code /metrics} of a gateway, for whoever is on its host. It answers nothing else. */
public final class GatewayMetricsServer implements AutoCloseable {
    private static final int BACKLOG = 8;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;

    private final HttpServer server;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("gateway-metrics").daemon().factory());

    private GatewayMetricsServer(HttpServer server, GatewayMetrics metrics) {
        this.server = server;
        server.setExecutor(worker);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, metrics);
            }
        });
    }

    /** Listens on the loopback address; on any port that is free, if it is 0. */
    public static GatewayMetricsServer start(int port, GatewayMetrics metrics) throws IOException {
        GatewayMetricsServer started = new GatewayMetricsServer(
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG), metrics);
        started.server.start();
        return started;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, GatewayMetrics metrics) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/metrics")) {
            exchange.sendResponseHeaders(NOT_FOUND, -1);
        } else if (!exchange.getRequestMethod().equals("GET")) {
            exchange.sendResponseHeaders(METHOD_NOT_ALLOWED, -1);
        } else {
            Exposition exposition = metrics.everything(
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept"))
                            .orElse(""));
            exchange.getResponseHeaders().set("Content-Type", exposition.contentType());
            byte[] text = exposition.text().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(OK, text.length);
            exchange.getResponseBody().write(text);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        worker.shutdownNow();
    }
}
