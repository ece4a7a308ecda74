package dev.tidemark.coordinator.evidence;

import java.nio.file.Path;

/**
 * Where a coordinator keeps what proves its books: outside of the database, in its home unless somebody moved it.
 *
 * @param path for the keys
 * @param headsPath for what was signed; it may be a place where files can be appended to and nothing else
 */
public record EvidenceDirectory(Path path, Path headsPath) {
    /** All in one place. */
    public EvidenceDirectory(Path path) {
        this(path, path);
    }

    /** Signs; for its owner only. */
    Path privateKey() {
        return path.resolve("head-key.pem");
    }

    /** Checks; for everybody. */
    public Path publicKey() {
        return path.resolve("head-key.pub.pem");
    }

    /** What was signed of the log. */
    public Path heads() {
        return heads(Book.LOG);
    }

    /** What was signed of a book. */
    public Path heads(Book book) {
        return headsPath.resolve(book.headsFile());
    }

    /** Whoever holds it is the one who signs. */
    Path lock() {
        return path.resolve("heads.lock");
    }
}
