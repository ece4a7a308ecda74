package dev.tidemark.gateway.qmp;

/** The peer sent something that QMP does not allow. The session is over; for a command in flight the outcome is unknown. */
public final class QmpProtocolError extends QmpException {

    private static final long serialVersionUID = 1L;

    private final String violation;
    private final boolean outcomeUnknown;

    private QmpProtocolError(String message, String violation, boolean outcomeUnknown) {
        super(message);
        this.violation = violation;
        this.outcomeUnknown = outcomeUnknown;
    }

    static QmpProtocolError withNothingInFlight(String violation) {
        return new QmpProtocolError("not QMP: " + violation, violation, false);
    }

    static QmpProtocolError duringCommand(String command, String violation) {
        return new QmpProtocolError(
                command + ": not QMP: " + violation + "; it may or may not have been executed", violation, true);
    }

    /** What was wrong with the peer's message. */
    public String violation() {
        return violation;
    }

    @Override
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
