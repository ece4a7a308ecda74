package dev.tidemark.coordinator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a backup would do now: disk by disk, as QEMU's transaction, and in words. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PlanView(
        String vm,
        String repo,
        long version,
        List<Disk> disks,
        @Nullable JsonNode transaction,
        List<String> explanation) {
    /** One disk's part; {@code cause} says why it would not be incremental. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Disk(
            String disk,
            String kind,
            @Nullable String since,
            @Nullable String parent,
            @Nullable String cause,
            String detail) {}

    public PlanView {
        disks = List.copyOf(disks);
        explanation = List.copyOf(explanation);
    }
}
