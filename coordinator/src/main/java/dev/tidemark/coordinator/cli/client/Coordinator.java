package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.json.Json;
import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTTP interface of a coordinator.
 *
 * <p>A request whose connection broke is sent again with the same idempotency key. If it stays without an answer, the
 * outcome is unknown, and the failure says so: only a connection that was refused at the first try proves that nothing
 * arrived.
 */
public final class Coordinator {
    private static final int ATTEMPTS_MAX = 4;

    /** What a coordinator says that cannot serve anybody now. */
    private static final Set<String> NOT_READY = Set.of("STOPPING", "STORAGE_UNAVAILABLE");

    private static final String LINES = "application/x-ndjson";

    private static final long FIRST_PAUSE_MILLISECONDS = 100;
    private static final int ANSWER_BYTES_MAX = 16 * 1024 * 1024;
    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(30);

    private static final String WHOM_TO_BELIEVE =
            "name it by a host that its certificate is for, and say with --ca FILE who has signed that certificate"
                    + " (or put it as ca.pem into the home directory)";

    /** W3C Trace Context; a shell's word that is none goes no further. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private final Discovery discovery;
    private final Optional<String> trace;
    private @Nullable HttpClient plain;
    private @Nullable HttpClient secure;

    /** For whoever is of no trace. */
    public Coordinator(Discovery discovery) {
        this(discovery, "");
    }

    /** What is asked is part of this trace, if that is one. */
    public Coordinator(Discovery discovery, String traceparent) {
        this.discovery = discovery;
        this.trace = Optional.of(traceparent).filter(TRACEPARENT.asMatchPredicate());
    }

    /**
     * Has the codec and the client loaded while the words of a command are still being read: the one takes about as long as the other, and
     * a command lives half a second. Nothing is said to anybody.
     */
    public static void prepareInBackground() {
        Thread.ofPlatform().daemon().name("preparation").start(() -> {
            Json.MAPPER.readTree("{}");
            builder().sslContext(new NoEncryption()).build().close();
        });
    }

    /** One for each scheme: only what is encrypted needs the system's certificates, and reading them is slow. */
    private HttpClient client(Endpoint endpoint) {
        if ("https".equals(endpoint.url().getScheme())) {
            HttpClient known = secure;
            if (known == null) {
                known = builder().sslContext(believing(endpoint.tls())).build();
                secure = known;
            }
            return known;
        }
        HttpClient known = plain;
        if (known == null) {
            known = builder().sslContext(new NoEncryption()).build();
            plain = known;
        }
        return known;
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_PATIENCE);
    }

    private static SSLContext believing(ClientTls tls) {
        try {
            return tls.context();
        } catch (IOException unusable) {
            Failure failure = Failure.local(
                    ExitCode.USAGE,
                    "BAD_CERTIFICATE",
                    String.valueOf(unusable.getMessage()),
                    "give PEM files with --ca, --client-certificate and --client-key");
            failure.initCause(unusable);
            throw failure;
        }
    }

    public JsonNode get(RequestPath path) {
        return get(path, Duration.ZERO);
    }

    /** A question that the coordinator may keep open for a while. */
    public JsonNode get(RequestPath path, Duration heldOpen) {
        return exchange(new Request("GET", path, null, null, Expected.NOTHING, ANSWER_PATIENCE.plus(heldOpen), null));
    }

    /** All of a list that the coordinator may give in one long answer: that one, else its pages. */
    public JsonNode all(RequestPath path, String member) {
        return pages(exchange(Request.of(path, member)), path, member);
    }

    /** All of a list, page by page, as if it had been one answer. */
    public JsonNode list(RequestPath path, String member) {
        return pages(get(path), path, member);
    }

    private JsonNode pages(JsonNode first, RequestPath path, String member) {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        ArrayNode entries = whole.putArray(member);
        JsonNode page = first;
        String after = "";
        while (true) {
            page.path(member).forEach(entries::add);
            // What stands beside the list, as the last page has it.
            page.properties().stream()
                    .filter(beside ->
                            !beside.getKey().equals(member) && !beside.getKey().equals("next"))
                    .forEach(beside -> whole.set(beside.getKey(), beside.getValue()));
            String next = page.path("next").asString("");
            if (next.isEmpty()) {
                return whole;
            }
            if (next.equals(after)) {
                throw strange(200, "its pages go round in circles");
            }
            after = next;
            page = get(path.with("after", next));
        }
    }

    public JsonNode post(RequestPath path, JsonNode body) {
        return post(path, body, Duration.ZERO);
    }

    public JsonNode post(RequestPath path, JsonNode body, Duration heldOpen) {
        return exchange(new Request(
                "POST", path, body, IdempotencyKey.fresh(), Expected.NOTHING, ANSWER_PATIENCE.plus(heldOpen), null));
    }

    /** Only if what it is about is as expected. */
    public JsonNode post(RequestPath path, JsonNode body, Expected expected) {
        return exchange(new Request("POST", path, body, IdempotencyKey.fresh(), expected, ANSWER_PATIENCE, null));
    }

    public JsonNode delete(RequestPath path) {
        return delete(path, Expected.NOTHING);
    }

    /** Only if what it is about is as expected. */
    public JsonNode delete(RequestPath path, Expected expected) {
        return exchange(new Request("DELETE", path, null, IdempotencyKey.fresh(), expected, ANSWER_PATIENCE, null));
    }

    /** Puts this in the place of what is there, if that is as expected. */
    public JsonNode put(RequestPath path, JsonNode body, Expected expected) {
        return exchange(new Request("PUT", path, body, null, expected, ANSWER_PATIENCE, null));
    }

    /**
     * Opens the stream of events.
     *
     * @param lastEvent the position after which it goes on; empty to begin as the path says
     */
    public EventFeed follow(RequestPath path, String lastEvent) {
        Endpoint endpoint = discovery.find();
        HttpRequest.Builder request = endpoint.request(path.toString())
                .timeout(ANSWER_PATIENCE)
                .header("Accept", "text/event-stream, application/problem+json");
        if (!lastEvent.isEmpty()) {
            request.header("Last-Event-ID", lastEvent);
        }
        try {
            HttpResponse<InputStream> response =
                    client(endpoint).send(request.GET().build(), BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) {
                return new EventFeed(response.body());
            }
            understood(response);
            throw strange(response.statusCode(), "not with a stream of events");
        } catch (IOException failure) {
            throw unanswered(Request.get(path), endpoint, failure, false);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unanswered(Request.get(path), endpoint, interrupted, false);
        }
    }

    /** Opens a long answer, a line of JSON each. */
    public LineFeed lines(RequestPath path) {
        Endpoint endpoint = discovery.find();
        Request asked = Request.get(path);
        HttpRequest.Builder request = endpoint.request(path.toString())
                .timeout(ANSWER_PATIENCE)
                .header("Accept", LINES + ", application/problem+json");
        try {
            HttpResponse<InputStream> response =
                    client(endpoint).send(request.GET().build(), BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) {
                return new LineFeed(response.body());
            }
            understood(response);
            throw strange(response.statusCode(), "not with lines of JSON");
        } catch (IOException failure) {
            throw unanswered(asked, endpoint, failure, false);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unanswered(asked, endpoint, interrupted, false);
        }
    }

    /** @param list the member of which an answer of many lines has the elements; null if it has to be a document */
    private record Request(
            String method,
            RequestPath path,
            @Nullable JsonNode body,
            @Nullable IdempotencyKey key,
            Expected expected,
            Duration patience,
            @Nullable String list) {
        /** A question. */
        static Request get(RequestPath path) {
            return new Request("GET", path, null, null, Expected.NOTHING, ANSWER_PATIENCE, null);
        }

        static Request of(RequestPath path, String list) {
            return new Request("GET", path, null, null, Expected.NOTHING, ANSWER_PATIENCE, list);
        }
    }

    private JsonNode exchange(Request request) {
        long start = System.nanoTime();
        boolean mayHaveArrived = false;
        long pauseMilliseconds = FIRST_PAUSE_MILLISECONDS;
        for (int attempt = 1; ; attempt++) {
            Endpoint endpoint = discovery.find();
            try {
                HttpResponse<InputStream> response =
                        client(endpoint).send(built(request, endpoint), BodyHandlers.ofInputStream());
                Optional<Duration> later = later(response, request, start);
                if (later.isEmpty()) {
                    return request.list() != null && areLines(response)
                            ? collected(response, request.list())
                            : understood(response);
                }
                response.body().close();
                pause(later.get().toMillis());
                // Nothing was done, and that was said: such an answer is no failed attempt.
                attempt--;
                continue;
            } catch (Failure told) {
                if (attempt >= discovery.count() || !NOT_READY.contains(told.code())) {
                    throw told;
                }
                // It took the request back, or never began: the same key makes it the same request at the next one.
                discovery.passOver(endpoint);
                continue;
            } catch (IOException failure) {
                boolean refused = neverConnected(failure);
                mayHaveArrived |= !refused;
                boolean others = attempt < discovery.count();
                boolean hopeless = failure instanceof HttpTimeoutException || !mayHaveArrived;
                if ((hopeless && !others) || attempt >= Math.max(ATTEMPTS_MAX, discovery.count())) {
                    throw unanswered(request, endpoint, failure, mayHaveArrived);
                }
                discovery.passOver(endpoint);
                if (others) {
                    continue;
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw unanswered(request, endpoint, interrupted, true);
            }
            pause(pauseMilliseconds);
            pauseMilliseconds *= 3;
        }
    }

    /** When the coordinator wants to be asked again, if it has too much of us now and that is within our patience. */
    private static Optional<Duration> later(HttpResponse<InputStream> response, Request request, long start) {
        if (response.statusCode() != 429) {
            return Optional.empty();
        }
        Duration left = request.patience().minusNanos(System.nanoTime() - start);
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("[0-9]{1,4}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .filter(wait -> wait.compareTo(left) < 0);
    }

    private HttpRequest built(Request request, Endpoint endpoint) {
        HttpRequest.Builder builder = endpoint.request(request.path().toString())
                .timeout(request.patience())
                .header(
                        "Accept",
                        (request.list() == null ? "" : LINES + ", ") + "application/json, application/problem+json");
        if (request.key() != null) {
            builder.header("Idempotency-Key", request.key().value());
        }
        request.expected().tag().ifPresent(tag -> builder.header("If-Match", tag));
        trace.ifPresent(parent -> builder.header("traceparent", parent));
        if (request.body() == null) {
            return builder.method(request.method(), BodyPublishers.noBody()).build();
        }
        return builder.header("Content-Type", "application/json")
                .method(request.method(), BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(request.body())))
                .build();
    }

    private static boolean areLines(HttpResponse<InputStream> response) {
        return response.statusCode() == 200
                && response.headers().firstValue("Content-Type").orElse("").startsWith(LINES);
    }

    /** The lines as elements of one document. */
    private static JsonNode collected(HttpResponse<InputStream> response, String list) throws IOException {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        ArrayNode entries = whole.putArray(list);
        try (LineFeed lines = new LineFeed(response.body())) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                entries.add(Json.MAPPER.readTree(line));
            }
        } catch (JacksonException malformed) {
            throw strange(200, "a line of it is not JSON");
        }
        return whole;
    }

    private static JsonNode understood(HttpResponse<InputStream> response) throws IOException {
        byte[] bytes;
        try (InputStream body = response.body()) {
            bytes = body.readNBytes(ANSWER_BYTES_MAX + 1);
        }
        int status = response.statusCode();
        if (bytes.length > ANSWER_BYTES_MAX) {
            throw strange(status, "its answer is longer than " + ANSWER_BYTES_MAX + " bytes");
        }
        JsonNode document;
        try {
            document = Json.MAPPER.readTree(bytes);
        } catch (JacksonException malformed) {
            throw strange(status, "its answer is not JSON");
        }
        if (!document.isObject()) {
            throw strange(status, "its answer is not a JSON object");
        }
        if (status < 200 || status > 299) {
            throw Failure.problem(status, document);
        }
        return document;
    }

    private static Failure strange(int status, String detail) {
        return Failure.local(
                ExitCode.ofProblem(status, ""),
                "STRANGE_ANSWER",
                "the coordinator answered with status " + status + ", but " + detail,
                "check that the address is that of a Tidemark coordinator");
    }

    private static boolean neverConnected(IOException failure) {
        return failure instanceof ConnectException
                || failure instanceof HttpConnectTimeoutException
                // A handshake that failed has carried no request.
                || failure instanceof SSLHandshakeException
                || failure.getCause() instanceof UnresolvedAddressException;
    }

    /** It is there, and its certificate is not one that we take. */
    private static boolean isNotBelieved(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private Failure unanswered(Request request, Endpoint endpoint, Exception failure, boolean mayHaveArrived) {
        String said = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        Failure shown;
        if (mayHaveArrived && request.key() != null) {
            shown = Failure.local(
                    ExitCode.UNKNOWN,
                    "OUTCOME_UNKNOWN",
                    "the coordinator at " + endpoint.url() + " took the connection and gave no answer (" + said
                            + "): whether the request was accepted is unknown",
                    "look before repeating it, for example with: tidemark vm list");
        } else {
            shown = Failure.local(
                    ExitCode.UNAVAILABLE,
                    "COORDINATOR_UNAVAILABLE",
                    "the coordinator at " + endpoint.url() + " does not answer: " + said,
                    isNotBelieved(failure) ? WHOM_TO_BELIEVE : discovery.remedy());
        }
        shown.initCause(failure);
        return shown;
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException interrupted) {
            // The next send notices the flag and ends the request with an honest outcome.
            Thread.currentThread().interrupt();
        }
    }
}
