package dev.tidemark.coordinator.api.server;

import dev.tidemark.coordinator.testkit.Contract;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A stream of events as its reader gets it; read by a thread of its own. Written without the command line's reader, to check it too. */
final class HeardStream implements AutoCloseable {
    /** Longer than two heartbeats and the time for a write that makes no progress. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Message END = new Message("", "END", "");
    private static final Message CUT = new Message("", "CUT", "");

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final List<String> comments = new ArrayList<>();

    private HeardStream(HttpResponse<InputStream> response) {
        this.response = response;
        Thread.ofVirtual().start(this::read);
    }

    /** One message, comments apart. */
    record Message(String id, String event, String data) {
        JsonNode json() {
            return dev.tidemark.schema.json.Json.MAPPER.readTree(data);
        }
    }

    /** Opens one; without the header if {@code lastEvent} is null. The first message, which only tells the position, is left to be read. */
    static HeardStream open(Served served, String path, @Nullable String lastEvent) {
        var request = served.request(path);
        if (lastEvent != null) {
            request.header("Last-Event-ID", lastEvent);
        }
        return open(request);
    }

    /** As a client does it: while there are too many, because those that were torn are not all noticed yet, it comes again. */
    static HeardStream open(HttpRequest.Builder request) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (true) {
                HttpResponse<InputStream> response =
                        CLIENT.send(request.GET().build(), HttpResponse.BodyHandlers.ofInputStream());
                if (response.statusCode() == 200) {
                    Contract.require(
                            "GET", response.uri().getRawPath(), new Contract.Answer(200, response.headers(), ""));
                    return new HeardStream(response);
                }
                String refusal = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
                if (response.statusCode() != 429 || System.nanoTime() > deadline) {
                    throw new IllegalStateException(response.statusCode() + " " + refusal);
                }
                Thread.sleep(100);
            }
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    HttpHeaders headers() {
        return response.headers();
    }

    /** The next message, whatever it is. */
    Message next() {
        try {
            Message message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing came for " + PATIENCE);
            }
            if (!ended(message) && !message.data().isEmpty()) {
                Contract.requireMessage(message.event(), message.data());
            }
            return message;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The next message that is an event of the log. */
    Message nextEvent() {
        Message message = next();
        while (!ended(message) && (message.id().isEmpty() || message.data().isEmpty())) {
            message = next();
        }
        return message;
    }

    /** Whether nothing but comments and positions came until now. */
    boolean silent() {
        return messages.stream().allMatch(message -> message.data().isEmpty() && !ended(message));
    }

    static boolean ended(Message message) {
        return message.equals(END) || message.equals(CUT);
    }

    /** Whether it ended as the server has it end, and was not torn. */
    static boolean endedInOrder(Message message) {
        return message.equals(END);
    }

    synchronized List<String> comments() {
        return List.copyOf(comments);
    }

    private void read() {
        messages.add(readToTheEnd());
    }

    private Message readToTheEnd() {
        try (Reader body = new InputStreamReader(response.body(), StandardCharsets.UTF_8)) {
            StringBuilder text = new StringBuilder();
            char[] characters = new char[8192];
            for (int length = body.read(characters); length >= 0; length = body.read(characters)) {
                text.append(characters, 0, length);
                for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                    take(text.substring(0, end));
                    text.delete(0, end + 2);
                }
            }
            return END;
        } catch (IOException torn) {
            return CUT;
        }
    }

    private void take(String block) {
        // The comments first: whoever has taken a message may ask at once for what stood in its block.
        synchronized (this) {
            block.lines().filter(line -> line.startsWith(":")).forEach(comments::add);
        }
        Message message = message(block);
        if (!message.id().isEmpty() || !message.data().isEmpty()) {
            messages.add(message);
        }
    }

    /** What stands between two empty lines. */
    static Message message(String block) {
        String id = "";
        String event = "";
        String data = "";
        for (String line : block.split("\n", -1)) {
            id = line.startsWith("id: ") ? line.substring(4) : id;
            event = line.startsWith("event: ") ? line.substring(7) : event;
            data = line.startsWith("data: ") ? line.substring(6) : data;
        }
        return new Message(id, event, data);
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException gone) {
            throw new IllegalStateException(gone);
        }
    }
}
