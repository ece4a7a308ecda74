package dev.tidemark.schema.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a user calls an API token. Never used a second time, so that a name in the log stands for one token. */
public record TokenName(@JsonValue String value) {
    @JsonCreator
    public TokenName {
        Rule.name("token name", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
