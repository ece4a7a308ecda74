package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.PendingCommand.Conclusion;
import dev.tidemark.gateway.qmp.PendingCommand.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that wait for an answer.
 *
 * <p>Invariants: a reply goes to exactly the command with its id, and only once that command was being sent; every
 * command registered is concluded, by a reply or by the session's end; a waiter that leaves early leaves its id behind,
 * so that a late reply is told from a foreign one.
 */
final class PendingCommands {

    private static final Logger LOG = LoggerFactory.getLogger(PendingCommands.class);

    private final int outstandingMax;
    private final Map<Long, PendingCommand> outstanding = new LinkedHashMap<>();
    private @Nullable Ending ending;

    PendingCommands(int outstandingMax) {
        this.outstandingMax = outstandingMax;
    }

    synchronized void register(PendingCommand command) throws QmpException {
        if (ending != null) {
            throw ending.forCommandNotSent(command.name);
        }
        if (outstanding.size() >= outstandingMax) {
            throw new QmpUnavailable(
                    QmpUnavailable.Reason.BUSY,
                    command.name + " was not sent: " + outstanding.size() + " commands are unanswered");
        }
        outstanding.put(command.id, command);
    }

    /** Called before the first byte is written; false if the waiter has gone or the session has ended. */
    synchronized boolean beginSending(PendingCommand command) {
        if (command.state != State.QUEUED || ending != null) {
            return false;
        }
        command.state = State.SENT;
        return true;
    }

    /**
     * Gives a reply to its waiter.
     *
     * @throws QmpViolation if no command with this id is unanswered
     */
    synchronized void conclude(QmpMessage.Reply reply) throws QmpViolation {
        PendingCommand command = outstanding.get(reply.id());
        if (command == null || command.state == State.QUEUED) {
            throw new QmpViolation("a reply to id " + reply.id() + ", to which no command is unanswered");
        }
        outstanding.remove(reply.id());
        if (command.state == State.ABANDONED) {
            LOG.warn("dropped the late answer to {} (id {}); its waiter had given up", command.name, command.id);
        }
        command.state = State.CONCLUDED;
        command.conclusion.complete(new Conclusion.Replied(reply));
    }

    /** The waiter goes: QUEUED if nothing was sent, ABANDONED if something may have been, CONCLUDED if it has an answer after all. */
    synchronized State abandon(PendingCommand command) {
        return switch (command.state) {
            case QUEUED -> {
                outstanding.remove(command.id);
                command.state = State.CONCLUDED;
                yield State.QUEUED;
            }
            case SENT -> {
                command.state = State.ABANDONED;
                yield State.ABANDONED;
            }
            case ABANDONED, CONCLUDED -> command.state;
        };
    }

    /** Ends the session once: what must now be concluded with {@link #concludeOrphans}; empty if it had ended before. */
    synchronized Optional<List<PendingCommand>> end(Ending reason) {
        if (ending != null) {
            return Optional.empty();
        }
        ending = reason;
        List<PendingCommand> orphans = new ArrayList<>(outstanding.values());
        outstanding.clear();
        return Optional.of(orphans);
    }

    /** Completes every waiter, each knowing whether its command had been sent. */
    synchronized void concludeOrphans(List<PendingCommand> orphans, Ending reason) {
        for (PendingCommand command : orphans) {
            boolean sent = command.state != State.QUEUED;
            command.state = State.CONCLUDED;
            command.conclusion.complete(new Conclusion.Ended(reason, sent));
        }
    }

    synchronized Optional<Ending> ending() {
        return Optional.ofNullable(ending);
    }
}
