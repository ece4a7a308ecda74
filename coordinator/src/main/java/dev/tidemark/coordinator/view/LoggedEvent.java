package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/**
 * One event of the whole log, as it is stored: {@code data} is the stored text on one line. {@code version} counts the machine's events
 * from 1, {@code index} and {@code eventId} tell its place among all.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record LoggedEvent(
        @JsonIgnore long index,
        @JsonIgnore String eventId,
        @Nullable String vm,
        String vmId,
        long version,
        String type,
        String at,
        @Nullable String operation,
        @Nullable String caller,
        @JsonRawValue String data) {
    /** The same event with another text of its payload. */
    public LoggedEvent with(String otherData) {
        return new LoggedEvent(index, eventId, vm, vmId, version, type, at, operation, caller, otherData);
    }
}
