package dev.tidemark.schema.event;

/** What a restored guest finds. */
public enum Consistency {
    /** What a power cut would have left. */
    CRASH,
    /** File systems that were frozen at the moment. */
    FILESYSTEM
}
