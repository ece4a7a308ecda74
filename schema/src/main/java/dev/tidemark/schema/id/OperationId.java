package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** One thing asked for, from intent to outcome: a ULID. It is carried by job ids and node names in QEMU. */
public record OperationId(@JsonValue String value) implements Comparable<OperationId> {
    @JsonCreator
    public OperationId {
        Rule.ulid("operation id", value);
    }

    @Override
    public int compareTo(OperationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
