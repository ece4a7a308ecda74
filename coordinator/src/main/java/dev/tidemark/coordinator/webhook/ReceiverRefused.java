package dev.tidemark.coordinator.webhook;

/** Nothing is sent to this address, because nobody allowed it. */
public final class ReceiverRefused extends Exception {
    private static final long serialVersionUID = 1;

    ReceiverRefused(String message) {
        super(message);
    }
}
