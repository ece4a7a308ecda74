package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a repository is known by, whatever its name and wherever it is mounted: a ULID that lies in its directory. */
public record RepositoryIdentity(@JsonValue String value) implements Comparable<RepositoryIdentity> {
    @JsonCreator
    public RepositoryIdentity {
        Rule.ulid("repository identity", value);
    }

    @Override
    public int compareTo(RepositoryIdentity other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
