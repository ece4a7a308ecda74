package dev.tidemark.coordinator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a look found that no intent explains; {@code converged} if QEMU holds what the log says it should. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ReconcileView(String vm, long version, List<Drift> drift, boolean converged) {
    /** One thing found, and what is done about it. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Drift(
            String kind, @Nullable String disk, @Nullable String bitmap, String detail, String action) {}

    public ReconcileView {
        drift = List.copyOf(drift);
    }
}
