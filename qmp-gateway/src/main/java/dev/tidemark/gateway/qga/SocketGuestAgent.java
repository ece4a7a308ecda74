package dev.tidemark.gateway.qga;

import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * qemu-ga on a unix socket (qemu-facts §10): no greeting, one client at a time, and no notice of a client that left, so that
 * the answers of somebody else's questions may still lie in the channel. Hence a delimited synchronisation before anything is
 * asked, and everything is bounded: the agent is the guest's, and the guest may be hostile.
 */
public final class SocketGuestAgent implements GuestAgent {
    private static final AtomicLong SYNCHRONISATIONS = new AtomicLong(System.nanoTime() >>> 16);

    private final Duration timeLimit;

    public SocketGuestAgent(Duration timeLimit) {
        this.timeLimit = timeLimit;
    }

    @Override
    public FileSystems fileSystems(Path socket) throws GuestAgentFailure {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Connecting and reading block: whoever stays silent loses the channel.
            CompletableFuture<Void> end = CompletableFuture.runAsync(
                    () -> close(channel),
                    CompletableFuture.delayedExecutor(timeLimit.toMillis(), TimeUnit.MILLISECONDS));
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return ask(new AgentWire(channel));
            } finally {
                end.cancel(false);
            }
        } catch (java.nio.channels.ClosedChannelException late) {
            throw new GuestAgentFailure(
                    "the guest agent at " + socket + " did not answer in " + timeLimit.toMillis() + " ms");
        } catch (IOException | RuntimeException failure) {
            throw new GuestAgentFailure("the guest agent at " + socket + " cannot be asked: " + failure.getMessage());
        }
    }

    private static FileSystems ask(AgentWire wire) throws IOException, GuestAgentFailure {
        long id = SYNCHRONISATIONS.incrementAndGet();
        wire.sendDelimiter();
        wire.send("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":" + id + "}}");
        wire.skipToDelimiter();
        JsonNode synchronised = returned(wire.line());
        if (!synchronised.isIntegralNumber() || synchronised.asLong(-1) != id) {
            throw new GuestAgentFailure("the guest agent answered a synchronisation with another number");
        }
        wire.send("{\"execute\":\"guest-fsfreeze-status\"}");
        JsonNode status = returned(wire.line());
        return switch (status.isString() ? status.asString("") : "") {
            case "frozen" -> FileSystems.FROZEN;
            case "thawed" -> FileSystems.THAWED;
            default -> throw new GuestAgentFailure("the guest agent answered with no state of its file systems");
        };
    }

    private static JsonNode returned(byte[] line) throws GuestAgentFailure {
        JsonNode answer;
        try {
            answer = Json.MAPPER.readTree(line);
        } catch (JacksonException malformed) {
            throw new GuestAgentFailure("the guest agent answered with something that is no JSON");
        }
        JsonNode value = answer.get("return");
        if (value == null) {
            throw new GuestAgentFailure("the guest agent refused: " + said(answer.path("error")));
        }
        return value;
    }

    /** A guest's words, short and harmless. */
    private static String said(JsonNode error) {
        String words =
                error.path("class").asString("") + " " + error.path("desc").asString("");
        String plain = words.strip().replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > 200 ? plain.substring(0, 200) + "…" : plain;
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
