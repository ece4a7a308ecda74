package dev.tidemark.gateway.qga;

import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.qmp.QmpUnavailable;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One connection to an agent, synchronised before anything is asked. Connecting, reading and writing block: whoever stays silent for
 * longer than the limit loses the channel.
 */
final class Conversation implements AutoCloseable {
    private static final AtomicLong SYNCHRONISATIONS = new AtomicLong(System.nanoTime() >>> 16);

    /** Answers to somebody else's synchronisations that are passed over; who gives more does not listen. */
    private static final int STALE_ANSWERS_MAX = 16;

    private final Path socket;
    private final SocketChannel channel;
    private final AgentWire wire;
    private Duration limit = Duration.ZERO;
    private CompletableFuture<Void> end = CompletableFuture.completedFuture(null);

    /** An answer: a value, or words of refusal. */
    record Answer(JsonNode value, Optional<String> refusal) {
        JsonNode returned() throws GuestAgentFailure {
            if (refusal.isPresent()) {
                throw new GuestAgentFailure("the guest agent refused: " + refusal.get());
            }
            return value;
        }
    }

    private Conversation(Path socket, SocketChannel channel) {
        this.socket = socket;
        this.channel = channel;
        this.wire = new AgentWire(channel);
    }

    static Conversation open(Path socket, Duration limit, PeerUsers peers) throws IOException, GuestAgentFailure {
        Conversation conversation = new Conversation(socket, SocketChannel.open(StandardProtocolFamily.UNIX));
        boolean synchronised = false;
        try {
            conversation.within(limit);
            conversation.channel.connect(UnixDomainSocketAddress.of(socket));
            requireBelievable(conversation.channel, socket, peers);
            conversation.synchronise();
            synchronised = true;
            return conversation;
        } finally {
            if (!synchronised) {
                conversation.close();
            }
        }
    }

    private static void requireBelievable(SocketChannel channel, Path socket, PeerUsers peers)
            throws GuestAgentFailure {
        try {
            peers.require(channel, socket);
        } catch (QmpUnavailable stranger) {
            throw new GuestAgentFailure(String.valueOf(stranger.getMessage()));
        }
    }

    /** From now on there is so much time for all that is asked. */
    void within(Duration time) {
        end.cancel(false);
        limit = time;
        end = CompletableFuture.runAsync(
                () -> close(channel), CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** Nothing else is ever said to a guest: an agent would run programs, read files and set passwords if it were asked to. */
    enum Question {
        FREEZE("guest-fsfreeze-freeze"),
        STATUS("guest-fsfreeze-status"),
        THAW("guest-fsfreeze-thaw");

        private final String command;

        Question(String command) {
            this.command = command;
        }
    }

    Answer ask(Question question) throws IOException, GuestAgentFailure {
        wire.send("{\"execute\":\"" + question.command + "\"}");
        return answer(wire.line());
    }

    String silence() {
        return "the guest agent at " + socket + " did not answer in " + limit.toMillis() + " ms";
    }

    private void synchronise() throws IOException, GuestAgentFailure {
        long id = SYNCHRONISATIONS.incrementAndGet();
        wire.sendDelimiter();
        wire.send("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":" + id + "}}");
        for (int passed = 0; passed < STALE_ANSWERS_MAX; passed++) {
            wire.skipToDelimiter();
            JsonNode synchronised = answer(wire.line()).returned();
            if (synchronised.isIntegralNumber() && synchronised.asLong(-1) == id) {
                return;
            }
            // Somebody who left before he was answered, perhaps we ourselves.
        }
        throw new GuestAgentFailure("the guest agent answered a synchronisation with another number");
    }

    private static Answer answer(byte[] line) throws GuestAgentFailure {
        JsonNode answer;
        try {
            answer = Json.MAPPER.readTree(line);
        } catch (JacksonException malformed) {
            throw new GuestAgentFailure("the guest agent answered with something that is no JSON");
        }
        JsonNode value = answer.get("return");
        return value == null
                ? new Answer(answer, Optional.of(said(answer.path("error"))))
                : new Answer(value, Optional.empty());
    }

    /** A guest's words, short and harmless. */
    private static String said(JsonNode error) {
        String words =
                error.path("class").asString("") + " " + error.path("desc").asString("");
        String plain = words.strip().replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > 200 ? plain.substring(0, 200) + "…" : plain;
    }

    @Override
    public void close() {
        end.cancel(false);
        close(channel);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException broken) {
            // It is closed all the same.
            return;
        }
    }
}
