package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.schema.event.MachineConfiguration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint. Its disks are known once its bitmaps were seen; {@code crashCause} says why it is CRASH although a frozen guest was
 * asked for; {@code configuration} is what the machine was then, if the log is not older than that.
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CheckpointView(
        String id,
        String vm,
        String name,
        @Nullable String parent,
        String state,
        @Nullable Instant createdAt,
        @Nullable String consistency,
        @Nullable String crashCause,
        @Nullable String description,
        Instant requestedAt,
        String operation,
        List<Disk> disks,
        @Nullable MachineConfiguration configuration) {
    /** One disk of the checkpoint; {@code dirtyBytes} as of the last look, if there was one. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Disk(
            String disk,
            String bitmap,
            String state,
            @Nullable String cause,
            @Nullable String detail,
            @Nullable Long dirtyBytes) {}

    public CheckpointView {
        disks = List.copyOf(disks);
    }

    /** The same checkpoint with what the last look gave for (disk, bitmap). */
    public CheckpointView seen(BiFunction<String, String, Optional<Long>> dirtyBytes) {
        List<Disk> seen = disks.stream()
                .map(disk -> new Disk(
                        disk.disk(),
                        disk.bitmap(),
                        disk.state(),
                        disk.cause(),
                        disk.detail(),
                        dirtyBytes.apply(disk.disk(), disk.bitmap()).orElse(null)))
                .toList();
        return new CheckpointView(
                id,
                vm,
                name,
                parent,
                state,
                createdAt,
                consistency,
                crashCause,
                description,
                requestedAt,
                operation,
                seen,
                configuration);
    }
}
