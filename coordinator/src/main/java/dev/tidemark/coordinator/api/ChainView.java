package dev.tidemark.coordinator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A machine's chains ({@code chain show}), and in words why each checkpoint can be used or not ({@code chain explain}). */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ChainView(String vm, long version, List<Disk> disks, List<String> explanation) {
    /** One disk's chain, oldest bitmap first; {@code state} is HEALTHY, BROKEN or UNTRACKED. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Disk(
            String disk, String state, @Nullable String cause, List<Bitmap> bitmaps, List<CheckpointUse> checkpoints) {
        public Disk {
            bitmaps = List.copyOf(bitmaps);
            checkpoints = List.copyOf(checkpoints);
        }
    }

    /** One bitmap; {@code dirtyBytes} as of the last look, if there was one. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Bitmap(
            String name,
            String checkpoint,
            boolean recording,
            @Nullable Long dirtyBytes,
            String state) {}

    /** Whether an incremental backup since this checkpoint would be right for the disk, and if not, why. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record CheckpointUse(
            String checkpoint,
            String name,
            boolean usable,
            @Nullable String cause) {}

    public ChainView {
        disks = List.copyOf(disks);
        explanation = List.copyOf(explanation);
    }
}
