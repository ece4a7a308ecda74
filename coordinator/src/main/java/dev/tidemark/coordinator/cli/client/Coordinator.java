package dev.tidemark.coordinator.cli.client;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
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
    private static final Set<String> NOT_READY = Set.of("COORDINATOR_STARTING", "STOPPING", "STORAGE_UNAVAILABLE");

    private static final long FIRST_PAUSE_MILLISECONDS = 100;

    private static final String WHOM_TO_BELIEVE =
            "name it by a host that its certificate is for, and say with --ca FILE who has signed that certificate"
                    + " (or put it as ca.pem into the home directory)";

    /** W3C Trace Context; a shell's word that is none goes no further. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private final Discovery discovery;
    private final Optional<String> trace;
    private final Connections connections = new Connections();

    /** For whoever is of no trace. */
    public Coordinator(Discovery discovery) {
        this(discovery, "");
    }

    /** What is asked is part of this trace, if that is one. */
    public Coordinator(Discovery discovery, String traceparent) {
        this.discovery = discovery;
        this.trace = Optional.of(traceparent).filter(TRACEPARENT.asMatchPredicate());
    }

    /** Ends all connections; whoever asks again opens new ones. */
    public void disconnect() {
        connections.close();
    }

    /**
     * Has the codec and the client loaded while the words of a command are still being read: the one takes about as long as the other, and
     * a command lives half a second. Nothing is said to anybody.
     */
    public static void prepareInBackground() {
        Thread.ofPlatform().daemon().name("preparation").start(() -> {
            Json.MAPPER.readTree("{}");
            Connections.prepare();
        });
    }

    public JsonNode get(RequestPath path) {
        return get(path, Duration.ZERO);
    }

    /** A question that the coordinator may keep open for a while. */
    public JsonNode get(RequestPath path, Duration heldOpen) {
        return exchange(Request.get(path, heldOpen));
    }

    /** All of a list that the coordinator may give in one long answer: that one, else its pages. */
    public JsonNode all(RequestPath path, String member) {
        return pages(exchange(Request.list(path, member)), path, member);
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
                throw Answers.strange(200, "its pages go round in circles");
            }
            after = next;
            page = get(path.with("after", next));
        }
    }

    public JsonNode post(RequestPath path, JsonNode body) {
        return post(path, body, Duration.ZERO);
    }

    public JsonNode post(RequestPath path, JsonNode body, Duration heldOpen) {
        return exchange(Request.post(path, body, Expected.NOTHING, heldOpen));
    }

    /** Only if what it is about is as expected. */
    public JsonNode post(RequestPath path, JsonNode body, Expected expected) {
        return exchange(Request.post(path, body, expected, Duration.ZERO));
    }

    public JsonNode delete(RequestPath path) {
        return delete(path, Expected.NOTHING);
    }

    /** Only if what it is about is as expected. */
    public JsonNode delete(RequestPath path, Expected expected) {
        return exchange(Request.delete(path, expected));
    }

    /** Puts this in the place of what is there, if that is as expected. */
    public JsonNode put(RequestPath path, JsonNode body, Expected expected) {
        return exchange(Request.put(path, body, expected));
    }

    /**
     * Opens the stream of events.
     *
     * @param lastEvent the position after which it goes on; empty to begin as the path says
     */
    public EventFeed follow(RequestPath path, String lastEvent) {
        return opened(Request.get(path), "text/event-stream", lastEvent, "not with a stream of events", EventFeed::new);
    }

    /** Opens a long answer, a line of JSON each. */
    public LineFeed lines(RequestPath path) {
        return opened(Request.get(path), Answers.LINES, "", "not with lines of JSON", LineFeed::new);
    }

    private <T> T opened(
            Request asked, String mediaType, String lastEvent, String otherwise, Function<InputStream, T> feed) {
        Endpoint endpoint = discovery.find();
        HttpRequest.Builder request = asked.opening(endpoint, mediaType);
        if (!lastEvent.isEmpty()) {
            request.header("Last-Event-ID", lastEvent);
        }
        try {
            HttpResponse<InputStream> response =
                    connections.to(endpoint).send(request.build(), BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) {
                return feed.apply(response.body());
            }
            Answers.understood(response);
            throw Answers.strange(response.statusCode(), otherwise);
        } catch (IOException failure) {
            throw unanswered(asked, endpoint, failure, false);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unanswered(asked, endpoint, interrupted, false);
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
                        connections.to(endpoint).send(request.to(endpoint, trace), BodyHandlers.ofInputStream());
                Optional<Duration> later = later(response, request, start);
                if (later.isEmpty()) {
                    return request.list() != null && Answers.areLines(response)
                            ? Answers.collected(response, request.list())
                            : Answers.understood(response);
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

    /** Java has no words for the two that are met most. */
    private static String said(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return "there is no host of that name";
            }
        }
        if (failure.getMessage() != null) {
            return failure.getMessage();
        }
        return failure instanceof ConnectException
                ? "nobody listens there, or something keeps it from being reached"
                : failure.getClass().getSimpleName();
    }

    private Failure unanswered(Request request, Endpoint endpoint, Exception failure, boolean mayHaveArrived) {
        String said = said(failure);
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
