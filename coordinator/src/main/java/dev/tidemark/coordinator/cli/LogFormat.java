package dev.tidemark.coordinator.cli;

/** How a server writes its log. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** A JSON object a line, with logback's field names. */
    JSON
}
