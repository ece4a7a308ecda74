package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** A disk by its device id, or on qemu-storage-daemon by its root node-name. */
public record DiskName(@JsonValue String value) implements Comparable<DiskName> {
    @JsonCreator
    public DiskName {
        Rule.name("disk name", value);
    }

    @Override
    public int compareTo(DiskName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
