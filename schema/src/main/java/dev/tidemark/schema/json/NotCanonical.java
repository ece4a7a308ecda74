package dev.tidemark.schema.json;

/** A document is not in the form in which our own writer writes it; whether it is one at all is for the codec to say. */
final class NotCanonical extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotCanonical() {
        // Common where a document was written by somebody else, and nobody reads where it was noticed.
        super(null, null, false, false);
    }
}
