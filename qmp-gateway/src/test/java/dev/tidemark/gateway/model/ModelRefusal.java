package dev.tidemark.gateway.model;

/** The model's QEMU answered with an error; nothing has changed. The words are for people, as QEMU's are. */
public final class ModelRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    ModelRefusal(String description) {
        super(description, null, false, false);
    }

    /** The sentence alone. */
    public String description() {
        return String.valueOf(getMessage());
    }
}
