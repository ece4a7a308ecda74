package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a user calls a machine; unique among the registered ones. */
public record MachineName(@JsonValue String value) implements Comparable<MachineName> {
    @JsonCreator
    public MachineName {
        Rule.name("machine name", value);
    }

    @Override
    public int compareTo(MachineName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
