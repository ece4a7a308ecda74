package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.ledger.LedgerException.Cause;
import dev.tidemark.coordinator.ledger.ToldFailures;
import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.LinkException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings about the refusals that the document promises of each operation, by one way for each code, whatever the operation. What does not
 * come about stays missing, and is named by whoever asked for it.
 */
final class RefusalsOfOperations {
    private static final String ANYBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    /** What comes of who asks, of how often, and of how the coordinator is just then: brought about by whoever sees to that. */
    private static final Set<String> UNDER_CONDITIONS = Set.of(
            "ACCESS_DENIED",
            "ACT_NOT_RECORDED",
            "BODY_TOO_SLOW",
            "COORDINATOR_NOT_READY",
            "COORDINATOR_STARTING",
            "INTERNAL_ERROR",
            "LOG_BUSY",
            "RATE_LIMITED",
            "REQUEST_TOO_SLOW",
            "STOPPING",
            "STORAGE_UNAVAILABLE",
            "TOO_MANY_BAD_CREDENTIALS",
            "TOO_MANY_STREAMS",
            "TOO_MANY_WEBHOOKS",
            "UNAUTHENTICATED");

    /** What is sent by one caller: below what it may send in a moment. */
    private static final int REQUESTS_OF_ONE = 500;

    private final Served served;
    private final OwnedThings own;
    private final Supplier<String> freshAdministrator;
    private String secret = "";
    private int sent = REQUESTS_OF_ONE;

    /** @param freshAdministrator the secret of one that has not sent anything yet */
    RefusalsOfOperations(Served served, OwnedThings own, Supplier<String> freshAdministrator) {
        this.served = served;
        this.own = own;
        this.freshAdministrator = freshAdministrator;
    }

    /** What does something with each operation that is promised to be refused so. */
    @FunctionalInterface
    interface Way {
        void provoke(Routes.Route route);
    }

    /** Each operation that can be refused with the code is. */
    void each(String code, Way way) {
        for (Routes.Route route : Routes.ALL) {
            boolean promised = Contract.published().refusals(route.toString()).values().stream()
                    .anyMatch(codes -> codes.contains(code));
            if (promised) {
                way.provoke(route);
            }
        }
    }

    /** All that needs nothing but a request, or an engine that was told what to say. */
    void bringAbout() {
        for (Routes.Route route : Routes.ALL) {
            Contract.published()
                    .refusals(route.toString())
                    .forEach((status, codes) -> codes.forEach(code -> provoke(route, status, code)));
        }
    }

    private void provoke(Routes.Route route, int status, String code) {
        switch (code) {
            case "BAD_REQUEST" -> unspeakable(route, status);
            case "UNKNOWN_PARAMETER" -> send(route, joined(own.in(route), "unheard=1"), route.body());
            case "NOT_ACCEPTABLE" -> send(route, own.in(route), route.body(), "Accept", "image/png");
            case "BODY_TOO_LARGE" ->
                raw(route, "HTTP/1.1", "Content-Type: application/json\r\nContent-Length: 1048577\r\n", "");
            case "PRECONDITION_UNSUPPORTED" -> send(route, own.in(route), route.body(), "If-None-Match", "*");
            case "INVALID_ENTITY_TAG" -> send(route, own.in(route), route.body(), "If-Match", "x");
            case "PRECONDITION_FAILED" -> send(route, own.in(route), route.body(), "If-Match", "\"" + ANYBODY + "-1\"");
            case "INVALID_IDEMPOTENCY_KEY" -> send(route, own.in(route), route.body(), "Idempotency-Key", "a b");
            case "IDEMPOTENCY_KEY_REUSED" -> reused(route);
            case "IDEMPOTENCY_KEY_IN_USE" -> inUse(route);
            case "MALFORMED_JSON" -> send(route, own.in(route), "{");
            case "MISSING_BODY" -> send(route, own.in(route), "");
            case "UNSUPPORTED_MEDIA_TYPE" -> send(route, own.in(route), "{}", "Content-Type", "text/plain");
            case "MACHINE_BUSY" -> failing(route, ToldFailures.unavailable(Cause.MACHINE_BUSY));
            case "CONFLICT" -> failing(route, ToldFailures.conflict());
            case "OUTCOME_UNKNOWN" -> failing(route, ToldFailures.outcomeUnknown());
            case "COORDINATOR_UNAVAILABLE" -> failing(route, new LinkException("the database is away"));
            case "GATEWAY_FENCED" -> failing(route, new FencedException("another gateway has it"));
            default -> {
                Optional<WrongRequests.Asked> wrong = new WrongRequests(own).of(route, code);
                if (wrong.isPresent()) {
                    send(route, wrong.get().path(), wrong.get().body());
                } else if (!UNDER_CONDITIONS.contains(code)) {
                    rejected(route, status, code);
                }
            }
        }
    }

    /** What Tomcat turns down before anybody looks who asks. */
    private void unspeakable(Routes.Route route, int status) {
        switch (status) {
            case 400 -> raw(route, "HTTP/1.1", "X-Long: " + "a".repeat(20_000) + "\r\n", "");
            case 417 -> raw(route, "HTTP/1.1", "Expect: wonders\r\n", "{}");
            case 501 -> raw(route, "HTTP/1.1", "Transfer-Encoding: gzip\r\n", "");
            case 505 -> raw(route, "HTTP/3.1", "", "");
            default -> throw new AssertionError(status + " of " + route);
        }
    }

    /** A body that does not come: after some seconds nobody waits any more. All of them wait together. */
    CompletableFuture<Void> bodiesThatStop() {
        List<CompletableFuture<Void>> waiting = Routes.ALL.stream()
                .filter(route -> route.body() != null)
                .map(route -> CompletableFuture.runAsync(
                        () -> raw(
                                route,
                                "HTTP/1.1",
                                "Content-Type: application/json\r\nContent-Length: 100\r\n",
                                "{",
                                true),
                        command -> Thread.ofVirtual().start(command)))
                .toList();
        return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new));
    }

    private void raw(Routes.Route route, String version, String head, String body) {
        raw(route, version, head, body, false);
    }

    private void raw(Routes.Route route, String version, String head, String body, boolean more) {
        String path = own.in(route);
        RawAnswer.to(
                        served.server.url(),
                        route.method() + " " + path + " " + version
                                + "\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + served.token.secret()
                                + "\r\n" + head + "\r\n" + body,
                        more)
                .require(route.method(), path);
    }

    private void reused(Routes.Route route) {
        String key = "reused-" + route.hashCode();
        served.send(administrator("/v1/vms/" + own.vm() + "/checkpoints")
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"name\":\"" + key + "\"}")));
        send(route, own.in(route), route.body(), "Idempotency-Key", key);
    }

    private void inUse(Routes.Route route) {
        CountDownLatch hold = new CountDownLatch(1);
        served.engine.hold.set(hold);
        // Of what is held nothing comes: the next one finds everything as it was.
        served.engine.nextFailure.set(ToldFailures.conflict());
        String secretOfBoth = administratorSecret();
        Supplier<HttpRequest.Builder> request = () -> request(route, own.in(route), named(route))
                .header("Idempotency-Key", "in-use")
                .header("Authorization", "Bearer " + secretOfBoth);
        CompletableFuture<Served.Answer> first = CompletableFuture.supplyAsync(() -> served.send(request.get()));
        try {
            if (!served.engine.arrived.tryAcquire(60, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came to the engine for " + route);
            }
            served.send(request.get());
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        } finally {
            served.engine.hold.set(null);
            hold.countDown();
        }
        first.join();
    }

    private void failing(Routes.Route route, RuntimeException failure) {
        served.engine.nextFailure.set(failure);
        send(route, own.in(route), named(route));
        served.engine.nextFailure.set(null);
    }

    private void failing(Routes.Route route, LinkException failure) {
        served.engine.nextLinkFailure.set(failure);
        send(route, own.in(route), route.body());
        served.engine.nextLinkFailure.set(null);
    }

    /** What the core says to the command: that it can, its code tells, and real machines for most of it. */
    private void rejected(Routes.Route route, int status, String code) {
        served.engine.nextRejection.set(told(status, code));
        send(route, own.in(route), named(route));
        served.engine.nextRejection.set(null);
    }

    private static Rejected told(int status, String code) {
        Rejected.Kind kind = switch (status) {
            case 400 -> Rejected.Kind.BAD_REQUEST;
            case 404 -> Rejected.Kind.NOT_FOUND;
            case 409 -> Rejected.Kind.CONFLICT;
            case 422 -> Rejected.Kind.UNSUPPORTED;
            case 503 -> Rejected.Kind.UNAVAILABLE;
            default -> throw new AssertionError(status + " " + code);
        };
        return new Rejected(kind, code, "so it is", "do this", Optional.empty());
    }

    /** A name that we choose ourselves would be tried again with another one. */
    private static @Nullable String named(Routes.Route route) {
        return switch (route.toString()) {
            case "POST /v1/vms/{vm}/checkpoints" -> "{\"name\":\"given\"}";
            case "POST /v1/vms/{vm}/backups" -> "{\"repo\":\"default\",\"checkpoint\":\"given\"}";
            default -> route.body();
        };
    }

    Served.Answer send(Routes.Route route, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request =
                request(route, path, body).header("Authorization", "Bearer " + administratorSecret());
        return served.send(with(request, headers));
    }

    private HttpRequest.Builder administrator(String path) {
        return served.anonymous(path).header("Authorization", "Bearer " + administratorSecret());
    }

    private String administratorSecret() {
        if (sent++ >= REQUESTS_OF_ONE) {
            secret = freshAdministrator.get();
            sent = 0;
        }
        return secret;
    }

    /** By whom, is left open. */
    HttpRequest.Builder request(Routes.Route route, String path, @Nullable String body) {
        HttpRequest.Builder request = served.anonymous(path);
        return body == null
                ? request.method(route.method(), BodyPublishers.noBody())
                : request.setHeader("Content-Type", "application/json")
                        .method(route.method(), BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        for (int index = 0; index < headers.length; index += 2) {
            request.setHeader(headers[index], headers[index + 1]);
        }
        return request;
    }

    static String joined(String path, String query) {
        return path + (path.contains("?") ? "&" : "?") + query;
    }
}
