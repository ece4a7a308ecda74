package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One event of a machine's log, as it is stored. {@code version} counts from 1. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record EventView(
        long version,
        String type,
        Instant at,
        @Nullable String operation,
        @Nullable String caller,
        JsonNode data) {}
