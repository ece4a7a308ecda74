package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The hypervisor on which a machine runs and whose gateway owns its monitor. */
public record HostName(@JsonValue String value) implements Comparable<HostName> {
    @JsonCreator
    public HostName {
        Rule.name("host name", value);
    }

    @Override
    public int compareTo(HostName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
