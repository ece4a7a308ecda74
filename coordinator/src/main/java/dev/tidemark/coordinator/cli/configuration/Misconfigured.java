package dev.tidemark.coordinator.cli.configuration;

/** A file or a variable does not say what can be done; the message says where and what. */
public final class Misconfigured extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misconfigured(String detail) {
        super(detail);
    }
}
