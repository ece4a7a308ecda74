package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One checkpoint for ever, whatever it is called: a ULID. Its bitmap is named after it. */
public record CheckpointId(@JsonValue String value) implements Comparable<CheckpointId> {
    @JsonCreator
    public CheckpointId {
        Rule.ulid("checkpoint id", value);
    }

    @Override
    public int compareTo(CheckpointId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
