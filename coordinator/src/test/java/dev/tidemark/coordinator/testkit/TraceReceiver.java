package dev.tidemark.coordinator.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Takes spans by OTLP/HTTP as a collector does. It reads the protocol's bytes by itself (opentelemetry-proto: trace/v1/trace.proto), so
 * that who sends is not asked what he meant.
 */
public final class TraceReceiver implements AutoCloseable {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private final List<Exception> failures = new CopyOnWriteArrayList<>();

    /** One span, and the process that it is of. */
    public record Span(
            String service,
            String trace,
            String id,
            String parent,
            String name,
            long startNanoseconds,
            long endNanoseconds,
            String state,
            Map<String, String> attributes) {}

    private TraceReceiver(HttpServer server) {
        this.server = server;
    }

    public static TraceReceiver start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TraceReceiver receiver = new TraceReceiver(server);
        server.createContext("/v1/traces", receiver::take);
        server.start();
        return receiver;
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Those of a trace that have come so far. */
    public List<Span> of(String trace) {
        if (!failures.isEmpty()) {
            throw new AssertionError("what was sent is not OTLP", failures.getFirst());
        }
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    /** What was shown as authorization, each time. */
    public List<String> shown() {
        return List.copyOf(shown);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            shown.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            try {
                fields(body, 1).forEach(resource -> resourceSpans(resource.bytes()));
            } catch (RuntimeException notOtlp) {
                failures.add(notOtlp);
            }
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void resourceSpans(byte[] message) {
        Map<String, String> resource = new HashMap<>();
        fields(message, 1).forEach(one -> resource.putAll(attributes(one.bytes(), 1)));
        for (Field scope : fields(message, 2)) {
            for (Field span : fields(scope.bytes(), 2)) {
                spans.add(span(resource.getOrDefault("service.name", ""), span.bytes()));
            }
        }
    }

    private static Span span(String service, byte[] message) {
        return new Span(
                service,
                hex(message, 1),
                hex(message, 2),
                hex(message, 4),
                text(message, 5),
                fields(message, 7).getFirst().number(),
                fields(message, 8).getFirst().number(),
                fields(message, 3).isEmpty() ? "" : text(message, 3),
                attributes(message, 9));
    }

    private static Map<String, String> attributes(byte[] message, int number) {
        Map<String, String> attributes = new HashMap<>();
        for (Field pair : fields(message, number)) {
            byte[] value = fields(pair.bytes(), 2).getFirst().bytes();
            attributes.put(
                    text(pair.bytes(), 1),
                    fields(value, 3).isEmpty()
                            ? text(value, 1)
                            : Long.toString(fields(value, 3).getFirst().number()));
        }
        return attributes;
    }

    private static String hex(byte[] message, int number) {
        List<Field> found = fields(message, number);
        return found.isEmpty() ? "" : HexFormat.of().formatHex(found.getFirst().bytes());
    }

    private static String text(byte[] message, int number) {
        List<Field> found = fields(message, number);
        return found.isEmpty() ? "" : new String(found.getFirst().bytes(), StandardCharsets.UTF_8);
    }

    private record Field(int place, long number, ByteBuffer content) {
        byte[] bytes() {
            byte[] bytes = new byte[content.remaining()];
            content.duplicate().get(bytes);
            return bytes;
        }
    }

    private static List<Field> fields(byte[] message, int wanted) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> found = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            Field field = switch ((int) (tag & 7)) {
                case VARINT -> new Field(number, varint(in), NOTHING);
                case FIXED64 -> new Field(number, in.getLong(), NOTHING);
                case FIXED32 -> new Field(number, in.getInt(), NOTHING);
                case BYTES -> {
                    byte[] bytes = new byte[Math.toIntExact(varint(in))];
                    in.get(bytes);
                    yield new Field(number, 0, ByteBuffer.wrap(bytes));
                }
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            };
            if (field.place() == wanted) {
                found.add(field);
            }
        }
        return found;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number without end");
    }
}
