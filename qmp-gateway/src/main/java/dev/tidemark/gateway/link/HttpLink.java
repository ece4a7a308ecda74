package dev.tidemark.gateway.link;

import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.json.Json;
import dev.tidemark.schema.tls.ClientTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * {@link CoordinatorLink} over HTTP with a bearer token. A report that failed may be sent again as it is: the coordinator
 * concludes from the same content once.
 */
public final class HttpLink implements CoordinatorLink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpLink.class);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    /** A coordinator that does not answer must not cost the lease: there may be another one. */
    private static final Duration LEASE_TIMEOUT = Duration.ofSeconds(3);

    /** By this code a gateway knows that another one has its host. */
    private static final String FENCED = "GATEWAY_FENCED";

    /** An error's text is shown to people, not parsed. */
    private static final int ERROR_SHOWN_CHARACTERS_MAX = 500;

    private final Coordinators coordinators;
    private final HostName host;
    private final Optional<String> token;
    private final RenewedClient client;
    private final Semaphore progressInFlight = new Semaphore(1);
    private volatile Supplier<Optional<String>> trace = Optional::empty;

    /** The answer to a report. */
    record Answer(Optional<Desired> desired) {}

    /** To one coordinator. */
    public HttpLink(URI coordinator, HostName host, String token) {
        this(List.of(coordinator), host, token);
    }

    /**
     * A link that is used by one host's gateway.
     *
     * @param coordinators for example {@code https://coordinator:8443}; any of them answers any question, the first is asked first
     * @param token sent with every request
     */
    public HttpLink(List<URI> coordinators, HostName host, String token) {
        this(coordinators, host, Optional.of(token), ofSystem());
    }

    /**
     * A link that shows a token, or the certificate of {@code tls}, as it is in its files at the time of a request.
     *
     * @throws IOException if the files of {@code tls} cannot be used
     */
    public static HttpLink of(List<URI> coordinators, HostName host, Optional<String> token, ClientTls tls)
            throws IOException {
        return new HttpLink(coordinators, host, token, RenewedClient.of(tls));
    }

    private static RenewedClient ofSystem() {
        try {
            return RenewedClient.of(ClientTls.OF_SYSTEM);
        } catch (IOException impossible) {
            throw new UncheckedIOException("no files are read for what the system has", impossible);
        }
    }

    private HttpLink(List<URI> coordinators, HostName host, Optional<String> token, RenewedClient client) {
        this.coordinators = new Coordinators(coordinators);
        this.host = host;
        this.token = token;
        this.client = client;
    }

    /** Asks this, on the thread that asks something, in which trace it does so: a {@code traceparent} of W3C Trace Context. */
    public HttpLink tracedBy(Supplier<Optional<String>> traceparent) {
        trace = traceparent;
        return this;
    }

    @Override
    public Lease claim(HostName askingHost, Claim claim) throws LinkException {
        try {
            return send(post(askingHost, "lease", claim, LEASE_TIMEOUT), Lease.class);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while asking for the lease", interrupted);
        }
    }

    @Override
    public Wake await(HostName askingHost, String cursor, Duration timeLimit)
            throws LinkException, InterruptedException {
        String query = "desired?cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8) + "&wait="
                + timeLimit.toSeconds();
        Duration timeout = timeLimit.plus(ANSWER_TIMEOUT);
        return send(at -> request(at, askingHost, query, timeout).GET().build(), Wake.class);
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        try {
            return send(post(host, "reports", report, ANSWER_TIMEOUT), Answer.class)
                    .desired();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LinkException("interrupted while reporting", interrupted);
        }
    }

    @Override
    public void progress(Progress progress) {
        // The next one says more than this one: one at a time is enough, and none is waited for.
        if (!progressInFlight.tryAcquire()) {
            return;
        }
        HttpRequest request = post(host, "progress", progress, ANSWER_TIMEOUT).to(coordinators.current());
        var _ = client.now()
                .sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .whenComplete((response, failure) -> {
                    progressInFlight.release();
                    if (failure != null) {
                        LOG.debug("progress was not told: {}", failure.toString());
                    }
                });
    }

    @Override
    public void close() {
        client.close();
    }

    private Question post(HostName forHost, String path, Object body, Duration timeout) {
        byte[] bytes = Json.MAPPER.writeValueAsBytes(body);
        return at -> request(at, forHost, path, timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
                .build();
    }

    private HttpRequest.Builder request(URI coordinator, HostName forHost, String path, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(coordinator + "/v1/gateways/" + forHost + "/" + path))
                .timeout(timeout)
                .header("Accept", "application/json");
        token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
        trace.get().ifPresent(parent -> request.header("traceparent", parent));
        return request;
    }

    /** A request, for whichever coordinator it goes to. */
    private interface Question {
        HttpRequest to(URI coordinator);
    }

    /** Asks the coordinator that answered last, and the others if it does not: every question may be asked twice. */
    private <T> T send(Question question, Class<T> type) throws LinkException, InterruptedException {
        for (int left = coordinators.count(); ; left--) {
            URI coordinator = coordinators.current();
            try {
                return send(question.to(coordinator), coordinator, type);
            } catch (Unanswered unanswered) {
                coordinators.failed(coordinator);
                if (left <= 1) {
                    throw unanswered.told();
                }
                LOG.info("{}; the next coordinator is asked", unanswered.getMessage());
            }
        }
    }

    /** This coordinator cannot tell; another one may. */
    private static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1L;

        Unanswered(String words, @Nullable Exception cause) {
            super(words, cause);
        }

        LinkException told() {
            return new LinkException(String.valueOf(getMessage()), this);
        }
    }

    private <T> T send(HttpRequest request, URI coordinator, Class<T> type)
            throws LinkException, Unanswered, InterruptedException {
        String what = request.method() + " " + request.uri();
        HttpResponse<InputStream> response = answer(request, coordinator, what);
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status != 200) {
                String problem = shown(body);
                String words = what + " was answered with " + status + ": " + problem;
                if (status == 503) {
                    throw new Unanswered(words, null);
                }
                throw status == 409 && problem.contains("\"" + FENCED + "\"")
                        ? new FencedException(words)
                        : new LinkException(words);
            }
            // The strict codec bounds depth, length and members, and refuses what comes behind the end.
            T value = Json.MAPPER.readValue(body, type);
            if (value == null) {
                throw new LinkException(what + " was answered with null");
            }
            return value;
        } catch (IOException failure) {
            throw new Unanswered(what + " failed: " + failure, failure);
        } catch (JacksonException malformed) {
            throw new LinkException(
                    what + " was answered with what is not of the contract: " + malformed.getMessage(), malformed);
        }
    }

    private HttpResponse<InputStream> answer(HttpRequest request, URI coordinator, String what)
            throws Unanswered, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> answer =
                client.now().sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        Coordinators.Flight flight = coordinators.sent(coordinator, answer);
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            throw new Unanswered(what + " failed: " + failed.getCause(), failed);
        } catch (CancellationException moved) {
            throw new Unanswered(what + " was given up: that coordinator does not answer", moved);
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            throw interrupted;
        } finally {
            coordinators.landed(flight);
        }
    }

    private static String shown(InputStream body) throws IOException {
        String text = new String(body.readNBytes(ERROR_SHOWN_CHARACTERS_MAX), StandardCharsets.UTF_8);
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
