package dev.tidemark.coordinator.cli.show;

/** For whom a result is written. */
public enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs; plain numbers, the shapes of the public interface. */
    JSON,
    /** As JSON, for people who keep it in files. */
    YAML,
    /** Of what has many rows: each a line of JSON. */
    NDJSON,
    /** Of what has many rows: for spreadsheets. */
    CSV;

    /** Whether every verb writes it. */
    public boolean isForAll() {
        return this == TABLE || this == JSON || this == YAML;
    }
}
