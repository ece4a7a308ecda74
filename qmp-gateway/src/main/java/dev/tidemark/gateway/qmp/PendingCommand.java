package dev.tidemark.gateway.qmp;

import java.util.concurrent.CompletableFuture;

/** A command between its registration and its conclusion. Its state is guarded by {@link PendingCommands}. */
final class PendingCommand {

    enum State {
        /** Not one byte was sent. */
        QUEUED,
        /** The first byte may have been sent: from here on the outcome is unknown until a reply says it. */
        SENT,
        /** Sent, and its waiter has gone; the reply will be recognised and dropped. */
        ABANDONED,
        /** Replied to, withdrawn before it was sent, or ended with the session. */
        CONCLUDED
    }

    /** What became of a command, as a value: the exception is made in the waiting thread, with its stack. */
    sealed interface Conclusion {
        record Replied(QmpMessage.Reply reply) implements Conclusion {}

        record Ended(Ending ending, boolean sent) implements Conclusion {}
    }

    final long id;
    final String name;
    final byte[] bytes;
    final CompletableFuture<Conclusion> conclusion = new CompletableFuture<>();
    State state = State.QUEUED;

    PendingCommand(long id, String name, byte[] bytes) {
        this.id = id;
        this.name = name;
        this.bytes = bytes;
    }
}
