package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A machine for ever, whatever it is called: a ULID. */
public record MachineId(@JsonValue String value) implements Comparable<MachineId> {
    @JsonCreator
    public MachineId {
        Rule.ulid("machine id", value);
    }

    @Override
    public int compareTo(MachineId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
