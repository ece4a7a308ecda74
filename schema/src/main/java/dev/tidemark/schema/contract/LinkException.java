package dev.tidemark.schema.contract;

/** The coordinator could not be reached, or refused. The report in flight may or may not have been recorded. */
public sealed class LinkException extends Exception permits FencedException {
    private static final long serialVersionUID = 1L;

    public LinkException(String message) {
        super(message);
    }

    public LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
