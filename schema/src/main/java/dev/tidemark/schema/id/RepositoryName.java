package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a user calls a repository; a gateway maps it to a directory. */
public record RepositoryName(@JsonValue String value) implements Comparable<RepositoryName> {
    @JsonCreator
    public RepositoryName {
        Rule.name("repository name", value);
    }

    @Override
    public int compareTo(RepositoryName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
