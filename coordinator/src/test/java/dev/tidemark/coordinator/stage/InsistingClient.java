package dev.tidemark.coordinator.stage;

import dev.tidemark.coordinator.testkit.Contract;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client of several coordinators: it begins with any of them, and repeats what was not answered, with the same key, at the next one. */
final class InsistingClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int PAUSE_MILLISECONDS = 50;

    private final List<URI> coordinators;
    private final String secret;
    private final Random random;
    private final AtomicIntegerArray answered;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final ExecutorService both = Executors.newVirtualThreadPerTaskExecutor();
    private int repeats;

    InsistingClient(List<URI> coordinators, String secret, Random random) {
        this.coordinators = List.copyOf(coordinators);
        this.secret = secret;
        this.random = random;
        this.answered = new AtomicIntegerArray(coordinators.size());
    }

    /** What somebody said. */
    record Answer(int status, JsonNode body) {
        boolean isTaken() {
            return status < 300;
        }

        /** Neither yes nor no: it may be asked again, here or elsewhere. */
        boolean isForLater() {
            return status == 503
                    || (status == 409 && body.path("code").asString("").equals("IDEMPOTENCY_KEY_IN_USE"));
        }
    }

    /** Asks one coordinator after the other until one answers. */
    Answer insisted(String method, String path, @Nullable String key, @Nullable Object body) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        int turn = random.nextInt(coordinators.size());
        while (true) {
            int at = turn++ % coordinators.size();
            String trouble;
            try {
                Answer answer = ask(at, method, path, key, body);
                if (answer.isTaken()) {
                    answered.incrementAndGet(at);
                    return answer;
                }
                if (!answer.isForLater()) {
                    throw new StageFailure(method + " " + path + " at " + coordinators.get(at) + ": " + answer);
                }
                trouble = answer.toString();
            } catch (IOException silent) {
                trouble = silent.toString();
            }
            repeats++;
            if (System.nanoTime() - end > 0) {
                throw new StageFailure(method + " " + path + " is not answered: " + trouble);
            }
            Pause.milliseconds(PAUSE_MILLISECONDS);
        }
    }

    /** Asks all of them at the same moment, with one key; what those said who said anything. */
    List<Answer> atOnce(String method, String path, String key, @Nullable Object body) {
        List<CompletableFuture<Optional<Answer>>> asked = new ArrayList<>();
        for (int index = 0; index < coordinators.size(); index++) {
            int at = index;
            asked.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return Optional.of(ask(at, method, path, key, body));
                        } catch (IOException silent) {
                            return Optional.empty();
                        }
                    },
                    both));
        }
        List<Answer> answers = new ArrayList<>();
        for (CompletableFuture<Optional<Answer>> one : asked) {
            try {
                one.join().ifPresent(answers::add);
            } catch (CompletionException failure) {
                throw new StageFailure(method + " " + path, failure);
            }
        }
        return answers;
    }

    private Answer ask(int at, String method, String path, @Nullable String key, @Nullable Object body)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(coordinators.get(at) + "/v1/" + path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)));
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        try {
            HttpResponse<String> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            Contract.require(response);
            return new Answer(response.statusCode(), Json.MAPPER.readTree(response.body()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new StageFailure("interrupted", stop);
        }
    }

    /** Requests that had to be repeated. */
    int repeats() {
        return repeats;
    }

    /** How many answers each coordinator gave. */
    List<Integer> answered() {
        return IntStream.range(0, coordinators.size())
                .map(answered::get)
                .boxed()
                .toList();
    }

    @Override
    public void close() {
        both.shutdownNow();
        client.shutdownNow();
    }
}
