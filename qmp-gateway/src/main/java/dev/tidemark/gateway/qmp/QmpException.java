package dev.tidemark.gateway.qmp;

/**
 * What can go wrong with a command, sorted by what the caller may conclude, not by where it happened.
 *
 * <ul>
 *   <li>{@link QmpUnavailable}: nothing was sent. QEMU is as it was.
 *   <li>{@link QmpRefused}: QEMU answered with an error.
 *   <li>{@link QmpInterrupted}: the command may or may not have been executed. Look before anything else is sent.
 *   <li>{@link QmpProtocolError}: the peer does not speak QMP. With a command in flight, its outcome is unknown too.
 * </ul>
 *
 * Checked, because an outcome that nobody looked at is how a checkpoint gets lost.
 */
public abstract sealed class QmpException extends Exception
        permits QmpUnavailable, QmpRefused, QmpInterrupted, QmpProtocolError {

    private static final long serialVersionUID = 1L;

    private final String message;

    QmpException(String message) {
        super(message);
        this.message = message;
    }

    /** What happened, in one sentence for people. */
    @Override
    public String getMessage() {
        return message;
    }

    /** Whether QEMU may have executed the command although no answer says so. The cure is to look, never to repeat. */
    public abstract boolean outcomeUnknown();
}
