package dev.tidemark.gateway.qmp;

import java.time.Duration;

/** Is told of every command how long it took. Called on the thread that waited for the answer: it returns at once and never throws. */
@FunctionalInterface
public interface QmpWatch {
    /** Who does not care. */
    QmpWatch NONE = (command, ending, took) -> {};

    /** How a command ended. */
    enum Ending {
        ANSWERED,
        /** QEMU answered with an error. */
        REFUSED,
        /** A byte may have been sent, and no answer came. */
        UNKNOWN,
        NOT_SENT
    }

    /**
     * A command has ended.
     *
     * @param command QEMU's name for it, one of the allow-list's
     */
    void ended(String command, Ending ending, Duration took);
}
