package dev.tidemark.coordinator.cli;

/** How a server writes its log. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** A JSON object a line, with the field names of the Elastic Common Schema. */
    JSON
}
