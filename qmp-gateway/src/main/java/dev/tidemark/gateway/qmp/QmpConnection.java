package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.PendingCommand.Conclusion;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A connected socket with its three threads: one reads, one writes, one hands out events.
 *
 * <p>Invariant: it ends once, for one reason, and then the socket is closed, its ownership given back and every waiter
 * completed, in this order, so that a waiter can connect again at once.
 */
final class QmpConnection {

    private static final Logger LOG = LoggerFactory.getLogger(QmpConnection.class);

    private final SocketLocation location;
    private final SocketOwnership ownership;
    private final SocketChannel channel;
    private final LineReader lines;
    private final QmpMessageParser parser;
    private final PendingCommands pending;
    private final CommandWriter writer;
    private final EventDelivery events;
    private final Thread writerThread;
    private final CompletableFuture<Optional<QmpMessage.Greeting>> greeting = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    private QmpConnection(
            SocketLocation location,
            SocketOwnership ownership,
            SocketChannel channel,
            QmpLimits limits,
            Consumer<QmpEvent> consumer) {
        this.location = location;
        this.ownership = ownership;
        this.channel = channel;
        this.lines = new LineReader(channel, limits.messageBytesMax());
        this.parser = new QmpMessageParser(limits);
        this.pending = new PendingCommands(limits.outstandingMax());
        this.writer = new CommandWriter(
                channel, pending, failure -> end(Ending.disconnected("writing failed: " + failure.getMessage())));
        this.events = new EventDelivery(consumer, limits.eventQueueMax(), limits.messageBytesMax());
        this.writerThread =
                Thread.ofVirtual().name("qmp-write " + location.real()).unstarted(writer);
    }

    /** Takes over the channel and the ownership, and starts to read. */
    static QmpConnection start(
            SocketLocation location,
            SocketOwnership ownership,
            SocketChannel channel,
            QmpLimits limits,
            Consumer<QmpEvent> consumer) {
        QmpConnection connection = new QmpConnection(location, ownership, channel, limits, consumer);
        Thread.ofPlatform().daemon().name("qmp-events " + location.real()).start(connection.events);
        connection.writerThread.start();
        Thread.ofVirtual().name("qmp-read " + location.real()).start(connection::read);
        return connection;
    }

    /** Waits for the greeting. Whatever is thrown, the connection has not been ended by this method. */
    QmpMessage.Greeting awaitGreeting(Deadline deadline) throws QmpException {
        try {
            Optional<QmpMessage.Greeting> received = greeting.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            if (received.isPresent()) {
                return received.get();
            }
        } catch (TimeoutException silent) {
            throw noGreeting(
                    "connected, but no greeting in time: another client is served, or QEMU is stopped or busy");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw noGreeting("interrupted while waiting for the greeting");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("the greeting is never completed exceptionally", impossible);
        }
        Ending ending = pending.ending().orElseThrow();
        throw ending.kind() == Ending.Kind.VIOLATION
                ? QmpProtocolError.withNothingInFlight(ending.detail())
                : noGreeting(ending.detail());
    }

    /** Sends a command and waits for its answer; see {@link QmpSession#execute}. */
    JsonNode execute(PendingCommand command, Duration timeout, Runnable sent) throws QmpException {
        Deadline deadline = Deadline.in(timeout);
        send(command);
        sent.run();
        return await(command, deadline, timeout);
    }

    /** Sends all before it waits for the first, so that QEMU need not wait for us between them. */
    List<JsonNode> executeAll(List<PendingCommand> commands, Duration timeout) throws QmpException {
        Deadline deadline = Deadline.in(timeout);
        for (PendingCommand command : commands) {
            send(command);
        }
        List<JsonNode> replies = new ArrayList<>(commands.size());
        for (PendingCommand command : commands) {
            replies.add(await(command, deadline, timeout));
        }
        return List.copyOf(replies);
    }

    private void send(PendingCommand command) throws QmpException {
        pending.register(command);
        writer.enqueue(command);
    }

    private JsonNode await(PendingCommand command, Deadline deadline, Duration timeout) throws QmpException {
        Conclusion conclusion;
        try {
            conclusion = command.conclusion.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            conclusion = leave(command, QmpInterrupted.Reason.TIMED_OUT, "no answer within " + timeout);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            conclusion = leave(command, QmpInterrupted.Reason.THREAD_INTERRUPTED, "the waiting thread was interrupted");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("a conclusion is always a value", impossible);
        }
        return switch (conclusion) {
            case Conclusion.Replied(QmpMessage.Success success) -> success.value();
            case Conclusion.Replied(QmpMessage.Failure failure) ->
                throw new QmpRefused(command.name, failure.errorClass(), failure.description());
            case Conclusion.Ended(Ending ending, boolean sent) ->
                throw sent ? ending.forCommandSent(command.name) : ending.forCommandNotSent(command.name);
        };
    }

    void end(Ending reason) {
        Optional<List<PendingCommand>> orphans = pending.end(reason);
        if (orphans.isEmpty()) {
            return;
        }
        try {
            SocketConnector.closeQuietly(channel);
            writerThread.interrupt();
            events.finish();
            ownership.close();
        } finally {
            pending.concludeOrphans(orphans.get(), reason);
            greeting.complete(Optional.empty());
        }
        if (reason.kind() == Ending.Kind.VIOLATION) {
            LOG.warn("{}: closed, the peer does not speak QMP: {}", location.real(), reason.detail());
        } else {
            LOG.debug("{}: closed: {}", location.real(), reason.detail());
        }
        ended.complete(reason.detail());
    }

    boolean isOpen() {
        return pending.ending().isEmpty();
    }

    CompletionStage<String> ended() {
        return ended.minimalCompletionStage();
    }

    long eventsDropped() {
        return events.dropped();
    }

    private Conclusion leave(PendingCommand command, QmpInterrupted.Reason reason, String detail) throws QmpException {
        return switch (pending.abandon(command)) {
            case QUEUED ->
                throw new QmpUnavailable(
                        QmpUnavailable.Reason.BUSY,
                        command.name + " was not sent: " + detail + ", QEMU reads no input");
            case SENT, ABANDONED -> throw new QmpInterrupted(command.name, reason, detail);
            // The answer was faster than the giving up: it counts.
            case CONCLUDED -> command.conclusion.join();
        };
    }

    @SuppressWarnings("CatchingUnchecked") // Whatever stops the reader, no waiter may be left behind.
    private void read() {
        Ending reason = Ending.disconnected("the reader stopped");
        try {
            reason = readToEnd();
        } catch (QmpViolation violation) {
            reason = Ending.violation(violation.text());
        } catch (IOException failure) {
            reason = Ending.disconnected("the connection broke: " + failure.getMessage());
        } catch (RuntimeException | Error failure) {
            LOG.error("{}: the reader failed", location.real(), failure);
            reason = Ending.disconnected("the reader failed: " + failure);
        } finally {
            end(reason);
        }
    }

    private Ending readToEnd() throws IOException, QmpViolation {
        while (true) {
            Optional<byte[]> line = lines.next();
            if (line.isEmpty()) {
                int rest = lines.unfinishedBytes();
                return Ending.disconnected("the peer closed the connection"
                        + (rest == 0 ? "" : " within a message, after " + rest + " bytes"));
            }
            accept(parser.parse(line.get()), line.get().length);
        }
    }

    private void accept(QmpMessage message, int bytes) throws QmpViolation {
        if (message instanceof QmpMessage.Greeting first) {
            if (!greeting.complete(Optional.of(first))) {
                throw new QmpViolation("a second greeting");
            }
            return;
        }
        if (!greeting.isDone()) {
            throw new QmpViolation("the first message is not a greeting");
        }
        switch (message) {
            case QmpMessage.Reply reply -> pending.conclude(reply);
            case QmpEvent event -> events.offer(event, bytes);
            case QmpMessage.Greeting handled -> throw new IllegalStateException("handled above: " + handled);
        }
    }

    private QmpUnavailable noGreeting(String detail) {
        return new QmpUnavailable(QmpUnavailable.Reason.NO_GREETING, location.given() + ": " + detail);
    }
}
