package dev.tidemark.gateway.act.repository;

import java.nio.channels.ClosedByInterruptException;

/** Java closes a channel whose thread is interrupted and throws an I/O error: here it becomes an interruption again. */
final class Interruption {
    private Interruption() {}

    /** Clears the thread's flag, as whoever throws an {@link InterruptedException} does. */
    static InterruptedException of(Exception cause) {
        Thread.interrupted();
        InterruptedException interruption = new InterruptedException(String.valueOf(cause.getMessage()));
        interruption.initCause(cause);
        return interruption;
    }

    /** Gives the failure back, unless an interrupt was its reason. */
    static RepositoryException unlessInterrupted(RepositoryException failure) throws InterruptedException {
        if (failure.getCause() instanceof ClosedByInterruptException) {
            throw of(failure);
        }
        return failure;
    }
}
