package dev.tidemark.gateway.qmp;

/**
 * Bytes that are no QMP message. Internal: whoever catches it knows whether a command was in flight, and turns it into
 * a {@link QmpProtocolError} that says so.
 */
final class QmpViolation extends Exception {

    private static final long serialVersionUID = 1L;

    private final String text;

    QmpViolation(String text) {
        super(text);
        this.text = text;
    }

    String text() {
        return text;
    }
}
