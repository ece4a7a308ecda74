package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a user calls a checkpoint; unique among a machine's live checkpoints. */
public record CheckpointName(@JsonValue String value) implements Comparable<CheckpointName> {
    @JsonCreator
    public CheckpointName {
        Rule.name("checkpoint name", value);
    }

    @Override
    public int compareTo(CheckpointName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
