package dev.tidemark.gateway.qmp;

/** No byte of the command (or of any command) was sent; QEMU is certainly unchanged by it. */
public final class QmpUnavailable extends QmpException {

    private static final long serialVersionUID = 1L;

    /** Why nothing could be sent. */
    public enum Reason {
        /** The path does not exist. */
        NO_SOCKET,
        /** The path exists, but is a regular file, a directory, a device, … */
        NOT_A_SOCKET,
        /** Nobody listens: a stale socket file. */
        REFUSED,
        /** Whoever listens is nobody to be believed; see {@link PeerUsers}. */
        FOREIGN_PEER,
        /** Access is denied, or the path is too long to connect to. It tells nothing about QEMU. */
        INACCESSIBLE,
        /** Connected or queued, but no greeting in time: another client is served, or the process is stopped or busy. */
        NO_GREETING,
        /** The greeting came; {@code qmp_capabilities} was refused, or not answered in time. */
        NEGOTIATION_FAILED,
        /** A session in this process, or another gateway on this host, holds the socket. */
        OWNED_BY_ANOTHER,
        /** The directory for lock files cannot be used, so ownership cannot be proved. */
        LOCK_UNUSABLE,
        /** The session had ended before the command's first byte was written. */
        CLOSED,
        /** Too many commands wait for an answer, or the time ran out before the command's first byte was written. */
        BUSY,
        /** The command is longer than {@link QmpLimits#commandBytesMax()}. Trying again will not help. */
        TOO_LARGE,
        /** This gateway does not hold the lease of its host, or cannot know whether it does. */
        NOT_ENTITLED
    }

    private final Reason reason;

    /** Why nothing was sent. */
    public QmpUnavailable(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** Why nothing could be sent. */
    public Reason reason() {
        return reason;
    }

    @Override
    public boolean outcomeUnknown() {
        return false;
    }
}
