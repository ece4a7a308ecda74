import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** Asks until there is an answer or the time is over. That is harmless: every POST carries an Idempotency-Key. */
final class Coordinator {
    /** The token is not accepted, or may not do this: nothing will go better later. */
    @SuppressWarnings("serial")
    static final class Denied extends RuntimeException {
        Denied(String message) {
            super(message);
        }
    }

    /** There was no answer until the window ended, or none that can be understood. */
    @SuppressWarnings("serial")
    static final class Unreachable extends RuntimeException {
        Unreachable(String message) {
            super(message);
        }
    }

    /** An answer that means something: neither a lost one nor a plea to come later. */
    record Answer(int status, String body) {
        Json json() {
            return Json.read(body);
        }

        String code() {
            return status < 400 ? "" : json().text("code");
        }

        String problem() {
            return code() + ": " + json().text("detail") + " " + json().text("remedy");
        }

        Answer expect(int wanted) {
            if (status != wanted) {
                throw new Unreachable("the coordinator answered with " + status + " " + problem());
            }
            return this;
        }
    }

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);
    private final String url;
    private final String token;
    private final Instant end;
    private final HttpClient client;
    private final Denied[] denied;

    Coordinator(String url, String token, Instant end) {
        this(url, token, end, HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build(), new Denied[1]);
    }

    private Coordinator(String url, String token, Instant end, HttpClient client, Denied[] denied) {
        this.url = url;
        this.token = token;
        this.end = end;
        this.client = client;
        this.denied = denied;
    }

    /** The same, with this much patience. */
    Coordinator until(Instant patience) {
        return new Coordinator(url, token, patience.plusSeconds(5), client, denied);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + token);
    }

    HttpClient client() {
        return client;
    }

    Answer get(String path) throws InterruptedException {
        return send(request(path).timeout(ANSWER_TIMEOUT).build());
    }

    Answer post(String path, String key, String body) throws InterruptedException {
        return send(request(path)
                .timeout(ANSWER_TIMEOUT)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    void failIfDenied() {
        if (denied[0] != null) {
            throw denied[0];
        }
    }

    private Answer send(HttpRequest request) throws InterruptedException {
        for (long pause = 500; ; pause = Math.min(2 * pause, 10_000)) {
            failIfDenied();
            String trouble;
            Duration wait = Duration.ofMillis(ThreadLocalRandom.current().nextLong(pause / 2, pause));
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                Answer answer = new Answer(response.statusCode(), response.body());
                if (answer.status() == 401 || answer.status() == 403) {
                    denied[0] = new Denied(request.method() + " " + request.uri() + ": " + answer.problem());
                    throw denied[0];
                }
                // A machine that was never seen is no better in a minute: that is an answer. Everything else of this kind passes.
                boolean isLater = answer.status() == 429 || answer.status() >= 500 && !answer.code().equals("MACHINE_UNAVAILABLE");
                if (!isLater) {
                    return answer;
                }
                trouble = answer.status() + " " + answer.body();
                wait = response.headers().firstValue("Retry-After").map(Coordinator::seconds).orElse(wait);
            } catch (IOException lost) {
                trouble = lost.toString();
            }
            if (Time.now().plus(wait).isAfter(end)) {
                throw new Unreachable(request.method() + " " + request.uri() + " had no answer in time: " + trouble);
            }
            Thread.sleep(wait);
        }
    }

    private static Duration seconds(String retryAfter) {
        // A date is allowed too; Tidemark sends seconds.
        return Duration.ofSeconds(retryAfter.matches("[0-9]{1,6}") ? Long.parseLong(retryAfter) : 30);
    }
}
