package dev.tidemark.gateway.qmp;

/** Something was to be said to QEMU that {@link AllowedCommands} does not know. Not one byte of it was sent; a bug, never an outcome. */
public final class ForbiddenCommand extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ForbiddenCommand(String message) {
        super(message);
    }
}
