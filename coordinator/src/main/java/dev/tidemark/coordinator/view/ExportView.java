package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A restore point that is, was or is to be served where it lies. Its id is that of the operation that asked for it. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ExportView(
        String id,
        String vm,
        String vmId,
        String backup,
        String repo,
        String state,
        boolean writable,
        Instant leaseUntil,
        Instant requestedAt,
        @Nullable Instant readyAt,
        @Nullable Instant endedAt,
        @Nullable String code,
        @Nullable String error,
        List<Disk> disks) {
    /** One disk; {@code uri} is there while it can be read, and the size once it could. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Disk(
            String disk, @Nullable String uri, @Nullable Long virtualSize) {}

    public ExportView {
        disks = List.copyOf(disks);
    }
}
