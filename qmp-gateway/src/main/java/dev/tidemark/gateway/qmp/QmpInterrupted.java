package dev.tidemark.gateway.qmp;

/**
 * The command's first byte had been handed to the kernel, and no answer came. It may or may not have been executed:
 * QEMU drops what it has not read when a client leaves, but completes what it has begun (qemu-facts §0.7).
 */
public final class QmpInterrupted extends QmpException {

    private static final long serialVersionUID = 1L;

    /** What took the answer away. */
    public enum Reason {
        /** No answer in time. The session stays open; a late answer is dropped. */
        TIMED_OUT,
        /** The peer closed the connection, or it broke. */
        DISCONNECTED,
        /** {@link QmpSession#close()} was called. */
        CLOSED,
        /** The waiting thread was interrupted; its interrupt flag is set again. */
        THREAD_INTERRUPTED
    }

    private final String command;
    private final Reason reason;

    /** Why a command has no answer. */
    public QmpInterrupted(String command, Reason reason, String detail) {
        super(command + ": " + detail + "; it may or may not have been executed");
        this.command = command;
        this.reason = reason;
    }

    /** The QMP name of the command whose outcome is unknown. */
    public String command() {
        return command;
    }

    /** What took the answer away. */
    public Reason reason() {
        return reason;
    }

    @Override
    public boolean outcomeUnknown() {
        return true;
    }
}
