package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One backup, and the name of its directory in the repository: a ULID. */
public record BackupId(@JsonValue String value) implements Comparable<BackupId> {
    @JsonCreator
    public BackupId {
        Rule.ulid("backup id", value);
    }

    @Override
    public int compareTo(BackupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
