package dev.tidemark.coordinator.evidence;

import java.util.Locale;

/** What is kept in records that follow on one another, each book with signed heads of its own. */
public enum Book {
    /** What happened to machines. */
    LOG("heads.ndjson", "tidemark-log-head.v1"),
    /** What was asked for and has no event: denied and refused calls, reads that matter, sign-ins. */
    ACTS("heads-acts.ndjson", "tidemark-acts-head.v1"),
    /** Tokens that were made and revoked. */
    TOKENS("heads-tokens.ndjson", "tidemark-tokens-head.v1");

    private final String headsFile;
    private final String headFormat;

    Book(String headsFile, String headFormat) {
        this.headsFile = headsFile;
        this.headFormat = headFormat;
    }

    /** What its heads are called where they are written. */
    public String headsFile() {
        return headsFile;
    }

    /** What each of its heads says of itself, so that no head is taken for another book's. */
    String headFormat() {
        return headFormat;
    }

    /** As it is written in addresses and names of files. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
