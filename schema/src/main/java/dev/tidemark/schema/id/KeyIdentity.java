package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/** Which key encrypted a file: 16 lower-case hex digits that are made of the key, and of which nobody makes the key. */
public record KeyIdentity(@JsonValue String value) implements Comparable<KeyIdentity> {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{16}");

    @JsonCreator
    public KeyIdentity {
        if (!SHAPE.matcher(value).matches()) {
            throw new InvalidIdentity("key identity", value, "16 of 0-9 a-f");
        }
    }

    @Override
    public int compareTo(KeyIdentity other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
