package dev.tidemark.gateway.model;

/**
 * The command killed the model's QEMU, as it kills QEMU 7.2: all that {@link ModelDaemon#kill} does has happened. On a real machine
 * the guest is gone.
 */
public final class ModelCrash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ModelCrash(String cause) {
        super(cause, null, false, false);
    }
}
