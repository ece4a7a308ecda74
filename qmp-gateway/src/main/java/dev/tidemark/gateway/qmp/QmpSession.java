package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A negotiated QMP session, the only one on its socket. Safe for use by many threads; QEMU executes their commands one
 * after the other, in the order in which they were sent.
 *
 * <p>It never reconnects and never sends anything twice. Once it has ended it stays ended: open another, compare
 * {@link #identity()}, and look.
 *
 * <p>The {@code oob} capability is never enabled: nothing needed here can be sent out of band, and with it QEMU would
 * drop commands (qemu-facts §1).
 */
public final class QmpSession implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(QmpSession.class);
    private static final String NEGOTIATION = "qmp_capabilities";

    /** What a watch is told of questions that are asked at once: how long each of them took, nobody can tell. */
    private static final String QUESTIONS = "queries";

    private final QmpConnection connection;
    private final QmpLimits limits;
    private final Path socket;
    private final QemuIdentity identity;
    private final CommandEncoder encoder;
    private final QmpWatch watch;

    private QmpSession(
            QmpConnection connection,
            QmpLimits limits,
            Path socket,
            QemuIdentity identity,
            CommandEncoder encoder,
            QmpWatch watch) {
        this.watch = watch;
        this.connection = connection;
        this.limits = limits;
        this.socket = socket;
        this.identity = identity;
        this.encoder = encoder;
    }

    /** As the longer one, for a session in which QEMU is told of no file and no server. */
    public static QmpSession open(Path socket, Path lockDirectory, QmpLimits limits, Consumer<QmpEvent> events)
            throws QmpException {
        return open(socket, lockDirectory, limits, PeerUsers.usual(), ReachablePlaces.NONE, events);
    }

    /**
     * Takes ownership of the socket, connects, and negotiates. Symlinks are resolved first, and the socket they lead to is
     * what is owned.
     *
     * @param socket a unix-domain socket on which QEMU or qemu-storage-daemon serves QMP
     * @param lockDirectory for the files by which gateway processes exclude each other; made if missing. All gateways of a
     *     host must be given the same one
     * @param peers who may be at the other end
     * @param places of which QEMU may be told
     * @param events gets every event that was not dropped, in order, on a thread of the session's own, possibly before this
     *     method returns. It may be slow or throw; it delays and harms only itself
     * @throws QmpUnavailable if there is nothing to talk to, or somebody else talks to it; see its reason
     * @throws QmpProtocolError if the peer does not speak QMP
     */
    public static QmpSession open(
            Path socket,
            Path lockDirectory,
            QmpLimits limits,
            PeerUsers peers,
            ReachablePlaces places,
            Consumer<QmpEvent> events)
            throws QmpException {
        return open(socket, lockDirectory, limits, peers, places, events, QmpWatch.NONE);
    }

    /** As the shorter one, with somebody who is told of every command. */
    public static QmpSession open(
            Path socket,
            Path lockDirectory,
            QmpLimits limits,
            PeerUsers peers,
            ReachablePlaces places,
            Consumer<QmpEvent> events,
            QmpWatch watch)
            throws QmpException {
        SocketLocation location = SocketLocation.resolve(socket);
        Deadline greetingDeadline = Deadline.in(limits.greetingTimeout());
        Peer peer = connect(location, lockDirectory, limits, peers, events, greetingDeadline);
        QmpConnection connection = peer.connection();
        boolean opened = false;
        try {
            QmpMessage.Greeting greeting = connection.awaitGreeting(greetingDeadline);
            CommandEncoder encoder = new CommandEncoder(places);
            negotiate(connection, encoder, limits.negotiationTimeout());
            QemuIdentity identity = new QemuIdentity(greeting.version(), peer.user(), PeerProcessFinder.find(location));
            opened = true;
            return new QmpSession(connection, limits, location.given(), identity, encoder, watch);
        } finally {
            if (!opened) {
                connection.end(Ending.closed("the session could not be opened"));
            }
        }
    }

    /**
     * Sends a command and waits for QEMU's answer.
     *
     * @param timeout positive, in monotonic time, over queueing, sending and execution. Be generous: a transaction drains
     *     all I/O first, and while it does the whole monitor is silent (qemu-facts §0.8)
     * @return the value of {@code return}, usually an object or an array
     * @throws ForbiddenCommand if it may not be said at all; a bug
     * @throws QmpUnavailable if not one byte was sent
     * @throws QmpRefused if QEMU answered with an error
     * @throws QmpInterrupted if a byte may have been sent and no answer came
     * @throws QmpProtocolError if the peer broke the protocol meanwhile; the outcome is unknown
     */
    public JsonNode execute(QmpCommand command, Duration timeout) throws QmpException {
        return execute(command, timeout, () -> {});
    }

    /** As {@link #execute(QmpCommand, Duration)}; {@code sent} is called between the sending and the waiting. */
    public JsonNode execute(QmpCommand command, Duration timeout, Runnable sent) throws QmpException {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("a time-out must be positive, is " + timeout);
        }
        return watched(command.wireName(), () -> connection.execute(encode(command), timeout, sent));
    }

    private interface Exchange<T> {
        T run() throws QmpException;
    }

    private <T> T watched(String command, Exchange<T> exchange) throws QmpException {
        long begun = System.nanoTime();
        QmpWatch.Ending ending = QmpWatch.Ending.UNKNOWN;
        try {
            T answer = exchange.run();
            ending = QmpWatch.Ending.ANSWERED;
            return answer;
        } catch (QmpRefused refused) {
            ending = QmpWatch.Ending.REFUSED;
            throw refused;
        } catch (QmpUnavailable unavailable) {
            ending = QmpWatch.Ending.NOT_SENT;
            throw unavailable;
        } finally {
            watch.ended(command, ending, Duration.ofNanos(System.nanoTime() - begun));
        }
    }

    /**
     * Asks several questions at once and waits for all the answers, in the same order. For queries only: after a failure it
     * is not told which of the others were executed, and even a {@link QmpUnavailable} may come after some were sent. Never
     * widen it to commands with an effect.
     *
     * @param timeout as for {@link #execute}, for all together
     */
    public List<JsonNode> queryAll(List<QmpCommand.Query> queries, Duration timeout) throws QmpException {
        if (timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("a time-out must be positive, is " + timeout);
        }
        List<PendingCommand> commands = new ArrayList<>(queries.size());
        for (QmpCommand.Query query : queries) {
            commands.add(encode(query));
        }
        return watched(QUESTIONS, () -> connection.executeAll(commands, timeout));
    }

    private PendingCommand encode(QmpCommand command) throws QmpUnavailable {
        PendingCommand pending = encoder.encode(command.wireName(), command.arguments());
        int bytes = pending.bytes.length;
        if (bytes > limits.commandBytesMax()) {
            throw new QmpUnavailable(
                    Reason.TOO_LARGE,
                    pending.name + " was not sent: " + bytes + " bytes are more than " + limits.commandBytesMax());
        }
        if (bytes > limits.commandBytesWarn()) {
            LOG.warn("{}: {} of {} bytes holds the monitor: QEMU reads about 235 KiB/s", socket, pending.name, bytes);
        }
        return pending;
    }

    /** Who answered when the session was opened. A session never outlives its peer, so it cannot change. */
    public QemuIdentity identity() {
        return identity;
    }

    /** The socket as it was given. */
    public Path socket() {
        return socket;
    }

    /** Whether the session had not ended a moment ago. */
    public boolean isOpen() {
        return connection.isOpen();
    }

    /** Completed when the session has ended, with the reason in prose; every waiter has been completed by then. */
    public CompletionStage<String> ended() {
        return connection.ended();
    }

    /** How many events the consumer lost by being too slow. After a loss: look. */
    public long eventsDropped() {
        return connection.eventsDropped();
    }

    /** Ends the session and gives the socket back. Commands in flight end as {@link QmpInterrupted}. Idempotent. */
    @Override
    public void close() {
        connection.end(Ending.closed("the session was closed"));
    }

    private record Peer(QmpConnection connection, String user) {}

    private static Peer connect(
            SocketLocation location,
            Path lockDirectory,
            QmpLimits limits,
            PeerUsers peers,
            Consumer<QmpEvent> events,
            Deadline greetingDeadline)
            throws QmpUnavailable {
        SocketOwnership ownership = SocketOwnership.acquire(location.real(), lockDirectory);
        QmpConnection connection = null;
        try {
            SocketConnector.Connected connected = SocketConnector.connect(location, peers, greetingDeadline);
            connection = QmpConnection.start(location, ownership, connected.channel(), limits, events);
            return new Peer(connection, connected.user());
        } finally {
            if (connection == null) {
                ownership.close();
            }
        }
    }

    private static void negotiate(QmpConnection connection, CommandEncoder encoder, Duration timeout)
            throws QmpException {
        ObjectNode nothing = CommandEncoder.noArguments();
        try {
            connection.execute(encoder.encode(NEGOTIATION, nothing), timeout, () -> {});
        } catch (QmpUnavailable | QmpRefused | QmpInterrupted failure) {
            // Negotiation changes nothing in QEMU that outlives the connection: there is no outcome to be unsure of.
            QmpUnavailable unavailable = new QmpUnavailable(Reason.NEGOTIATION_FAILED, failure.getMessage());
            unavailable.initCause(failure);
            throw unavailable;
        } catch (QmpProtocolError violation) {
            throw QmpProtocolError.withNothingInFlight(violation.violation());
        }
    }
}
