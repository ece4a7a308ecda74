package dev.tidemark.coordinator.cli.show;

/** For whom a result is written. */
public enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs; plain numbers, the shapes of the public interface. */
    JSON,
    /** As JSON, for people who keep it in files. */
    YAML
}
