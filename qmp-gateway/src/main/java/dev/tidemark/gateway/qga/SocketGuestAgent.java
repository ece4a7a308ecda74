package dev.tidemark.gateway.qga;

import dev.tidemark.gateway.qga.GuestAgentFailure.Reason;
import dev.tidemark.gateway.qmp.PeerUsers;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * qemu-ga on a unix socket (qemu-facts §10): no greeting, one client at a time, and no notice of a client that left, so that
 * the answers of somebody else's questions may still lie in the channel. Hence a delimited synchronisation before anything is
 * asked, and everything is bounded: the agent is the guest's, and the guest may be hostile.
 */
public final class SocketGuestAgent implements GuestAgent {
    /** So often a guest is asked to thaw that says that it is still frozen. */
    private static final int THAWS_MAX = 3;

    private final Duration timeLimit;
    private final Duration freezeTimeLimit;
    private final PeerUsers peers;

    /** {@code freezeTimeLimit} is longer: a guest writes back all that it holds before it is frozen. */
    public SocketGuestAgent(Duration timeLimit, Duration freezeTimeLimit, PeerUsers peers) {
        this.peers = peers;
        this.timeLimit = timeLimit;
        this.freezeTimeLimit = freezeTimeLimit;
    }

    @Override
    public FileSystems fileSystems(Path socket) throws GuestAgentFailure {
        return talk(socket, SocketGuestAgent::state);
    }

    @Override
    public int freeze(Path socket) throws GuestAgentFailure {
        return talk(socket, conversation -> {
            if (state(conversation) == FileSystems.FROZEN) {
                throw new GuestAgentFailure(
                        Reason.FROZEN_BEFORE, "the guest's file systems are frozen already, and not by this operation");
            }
            conversation.within(freezeTimeLimit);
            return changing(conversation, () -> {
                Conversation.Answer answer = conversation.ask(Conversation.Question.FREEZE);
                if (answer.refusal().isPresent()) {
                    throw new GuestAgentFailure(
                            Reason.REFUSED,
                            "the guest would not be frozen: " + answer.refusal().get());
                }
                return count(answer.value());
            });
        });
    }

    @Override
    public Thaw thaw(Path socket) throws GuestAgentFailure {
        return talk(socket, conversation -> changing(conversation, () -> thawed(conversation)));
    }

    @Override
    public Thaw thawIfFrozen(Path socket) throws GuestAgentFailure {
        return talk(
                socket,
                conversation -> state(conversation) == FileSystems.THAWED
                        ? new Thaw(0, Optional.empty())
                        : changing(conversation, () -> thawed(conversation)));
    }

    private static Thaw thawed(Conversation conversation) throws IOException, GuestAgentFailure {
        int fileSystems = 0;
        Optional<String> complaint = Optional.empty();
        for (int tried = 0; tried < THAWS_MAX; tried++) {
            Conversation.Answer answer = conversation.ask(Conversation.Question.THAW);
            if (answer.refusal().isPresent()) {
                complaint = answer.refusal();
            } else {
                fileSystems = Math.max(fileSystems, count(answer.value()));
            }
            if (state(conversation) == FileSystems.THAWED) {
                return new Thaw(fileSystems, complaint);
            }
        }
        throw new GuestAgentFailure(
                Reason.REFUSED,
                "the guest would not be thawed: " + complaint.orElse("it says that it is still frozen"));
    }

    private static int count(JsonNode answer) throws GuestAgentFailure {
        if (!answer.isInt() || answer.asInt(-1) < 0) {
            throw new GuestAgentFailure("the guest agent answered with no number of file systems");
        }
        return answer.asInt(-1);
    }

    private static FileSystems state(Conversation conversation) throws IOException, GuestAgentFailure {
        JsonNode status = conversation.ask(Conversation.Question.STATUS).returned();
        return switch (status.isString() ? status.asString("") : "") {
            case "frozen" -> FileSystems.FROZEN;
            case "thawed" -> FileSystems.THAWED;
            default -> throw new GuestAgentFailure("the guest agent answered with no state of its file systems");
        };
    }

    private interface Talk<T> {
        T with(Conversation conversation) throws IOException, GuestAgentFailure;
    }

    private interface Change<T> {
        T make() throws IOException, GuestAgentFailure;
    }

    private <T> T talk(Path socket, Talk<T> talk) throws GuestAgentFailure {
        try (Conversation conversation = Conversation.open(socket, timeLimit, peers)) {
            return talk.with(conversation);
        } catch (ClosedChannelException late) {
            throw new GuestAgentFailure(
                    "the guest agent at " + socket + " did not answer in " + timeLimit.toMillis() + " ms");
        } catch (IOException | RuntimeException failure) {
            throw new GuestAgentFailure("the guest agent at " + socket + " cannot be asked: " + failure.getMessage());
        }
    }

    /** What goes wrong in here may have changed the guest. */
    private static <T> T changing(Conversation conversation, Change<T> change) throws GuestAgentFailure {
        try {
            return change.make();
        } catch (ClosedChannelException late) {
            throw new GuestAgentFailure(Reason.UNKNOWN, conversation.silence());
        } catch (IOException | RuntimeException failure) {
            throw new GuestAgentFailure(Reason.UNKNOWN, "the guest agent went away: " + failure.getMessage());
        } catch (GuestAgentFailure failure) {
            throw failure.reason() == Reason.UNAVAILABLE
                    ? new GuestAgentFailure(Reason.UNKNOWN, String.valueOf(failure.getMessage()))
                    : failure;
        }
    }
}
