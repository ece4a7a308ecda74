package dev.tidemark.coordinator.evidence;

import java.nio.file.Path;

/** Where a coordinator keeps what proves its log: outside of the database, in its home unless somebody moved it. */
public record EvidenceDirectory(Path path) {
    /** Signs; for its owner only. */
    Path privateKey() {
        return path.resolve("head-key.pem");
    }

    /** Checks; for everybody. */
    public Path publicKey() {
        return path.resolve("head-key.pub.pem");
    }

    /** What was signed. */
    public Path heads() {
        return path.resolve("heads.ndjson");
    }

    /** Whoever holds it is the one who signs. */
    Path lock() {
        return path.resolve("heads.lock");
    }
}
