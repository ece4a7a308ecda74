package dev.tidemark.gateway.qmp;

/** Why a session is over. The first reason counts; what follows from it is noise. */
record Ending(Kind kind, String detail) {

    enum Kind {
        DISCONNECTED,
        CLOSED,
        VIOLATION
    }

    static Ending disconnected(String detail) {
        return new Ending(Kind.DISCONNECTED, detail);
    }

    static Ending closed(String detail) {
        return new Ending(Kind.CLOSED, detail);
    }

    static Ending violation(String detail) {
        return new Ending(Kind.VIOLATION, detail);
    }

    /** What this ending means for a command of which at least one byte may have been sent. */
    QmpException forCommandSent(String command) {
        return switch (kind) {
            case DISCONNECTED -> new QmpInterrupted(command, QmpInterrupted.Reason.DISCONNECTED, detail);
            case CLOSED -> new QmpInterrupted(command, QmpInterrupted.Reason.CLOSED, detail);
            case VIOLATION -> QmpProtocolError.duringCommand(command, detail);
        };
    }

    /** What this ending means for a command of which nothing was sent. */
    QmpException forCommandNotSent(String command) {
        return new QmpUnavailable(
                QmpUnavailable.Reason.CLOSED, command + " was not sent, the session had ended: " + detail);
    }
}
