package dev.tidemark.gateway.link;

import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * {@link CoordinatorLink} over HTTP with a bearer token. A report that failed may be sent again as it is: the coordinator
 * concludes from the same content once.
 */
public final class HttpLink implements CoordinatorLink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpLink.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    /** An error's text is shown to people, not parsed. */
    private static final int ERROR_SHOWN_CHARACTERS_MAX = 500;

    private final URI coordinator;
    private final HostName host;
    private final Optional<String> token;
    private final HttpClient client;
    private final Semaphore progressInFlight = new Semaphore(1);

    /** The answer to a report. */
    record Answer(Optional<Desired> desired) {}

    /**
     * A link that is used by one host's gateway.
     *
     * @param coordinator for example {@code https://coordinator:8443}
     * @param token sent with every request
     */
    public HttpLink(URI coordinator, HostName host, String token) {
        this(coordinator, host, Optional.of(token), HttpClient.newBuilder());
    }

    /**
     * A link that shows a token, or the certificate of {@code tls}.
     *
     * @throws IOException if the files of {@code tls} cannot be used
     */
    public static HttpLink of(URI coordinator, HostName host, Optional<String> token, ClientTls tls)
            throws IOException {
        return new HttpLink(coordinator, host, token, HttpClient.newBuilder().sslContext(tls.context()));
    }

    private HttpLink(URI coordinator, HostName host, Optional<String> token, HttpClient.Builder client) {
        String scheme = coordinator.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw new IllegalArgumentException("a coordinator's URL begins with http or https, not " + scheme);
        }
        this.coordinator = coordinator;
        this.host = host;
        this.token = token;
        this.client = client.connectTimeout(CONNECT_TIMEOUT).build();
    }

    @Override
    public Wake await(HostName askingHost, String cursor, Duration timeLimit)
            throws LinkException, InterruptedException {
        String query = "desired?cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8) + "&wait="
                + timeLimit.toSeconds();
        HttpRequest request =
                request(askingHost, query, timeLimit.plus(ANSWER_TIMEOUT)).GET().build();
        return send(request, Wake.class);
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        try {
            return send(post("reports", report), Answer.class).desired();
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
        var _ = client.sendAsync(post("progress", progress), HttpResponse.BodyHandlers.discarding())
                .whenComplete((response, failure) -> {
                    progressInFlight.release();
                    if (failure != null) {
                        LOG.debug("progress was not told: {}", failure.toString());
                    }
                });
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest post(String path, Object body) {
        return request(host, path, ANSWER_TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)))
                .build();
    }

    private HttpRequest.Builder request(HostName forHost, String path, Duration timeout) {
        String base = coordinator.toString();
        String root = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + "/v1/gateways/" + forHost + "/" + path))
                .timeout(timeout)
                .header("Accept", "application/json");
        token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
        return request;
    }

    private <T> T send(HttpRequest request, Class<T> type) throws LinkException, InterruptedException {
        String what = request.method() + " " + request.uri();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new LinkException(what + " was answered with " + response.statusCode() + ": " + shown(body));
                }
                // The strict codec bounds depth, length and members, and refuses what comes behind the end.
                T value = Json.MAPPER.readValue(body, type);
                if (value == null) {
                    throw new LinkException(what + " was answered with null");
                }
                return value;
            }
        } catch (IOException failure) {
            throw new LinkException(what + " failed: " + failure, failure);
        } catch (JacksonException malformed) {
            throw new LinkException(
                    what + " was answered with what is not of the contract: " + malformed.getMessage(), malformed);
        }
    }

    private static String shown(InputStream body) throws IOException {
        String text = new String(body.readNBytes(ERROR_SHOWN_CHARACTERS_MAX), StandardCharsets.UTF_8);
        return text.replaceAll("\\p{Cntrl}+", " ");
    }
}
