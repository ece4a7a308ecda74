package dev.tidemark.schema.event;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tidemark.schema.id.CheckpointId;
import java.util.List;
import java.util.Optional;

/** What kind of backup was asked for. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BackupRequest.Automatic.class, name = "AUTO"),
    @JsonSubTypes.Type(value = BackupRequest.Full.class, name = "FULL"),
    @JsonSubTypes.Type(value = BackupRequest.Since.class, name = "SINCE"),
    @JsonSubTypes.Type(value = BackupRequest.Copy.class, name = "COPY"),
    @JsonSubTypes.Type(value = BackupRequest.Differential.class, name = "DIFFERENTIAL")
})
public sealed interface BackupRequest {
    /**
     * Whether it stands beside the chains: it makes no checkpoint, changes no bitmap, and nothing is ever incremental to it, so that
     * the backups after it are the same as without it.
     */
    default boolean leavesChainsAlone() {
        return switch (this) {
            case Automatic automatic -> false;
            case Full full -> false;
            case Since since -> false;
            case Copy copy -> true;
            case Differential differential -> true;
        };
    }

    /** Incremental where the evidence holds, else full with the cause. */
    record Automatic() implements BackupRequest {}

    /** Everything. */
    record Full() implements BackupRequest {}

    /** Incremental since this checkpoint, and no backup at all where the evidence does not hold. */
    record Since(CheckpointId checkpoint) implements BackupRequest {}

    /**
     * Everything, beside the chains.
     *
     * @param targets came later: where each disk goes in place of a file in the repository; absent in older logs, and where all are files
     */
    record Copy(Optional<List<DiskTarget>> targets) implements BackupRequest {
        public Copy {
            targets = targets.map(List::copyOf);
        }

        /** Into files. */
        public Copy() {
            this(Optional.empty());
        }
    }

    /** Where disks go that go to no file; none if all do. */
    default List<DiskTarget> targetsOfDisks() {
        return this instanceof Copy copy ? copy.targets().orElse(List.of()) : List.of();
    }

    /**
     * What changed since this checkpoint, on top of the backup that was taken at it, beside the chains. Where the evidence does not hold,
     * that disk's is full, and the cause is told.
     */
    record Differential(CheckpointId checkpoint) implements BackupRequest {}
}
