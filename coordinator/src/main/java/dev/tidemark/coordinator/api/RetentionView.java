package dev.tidemark.coordinator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.schema.event.RetentionPolicy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a policy keeps of a machine's backups in a repository and why, what is merged, and what goes in which order. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RetentionView(
        String vm,
        String repo,
        long version,
        RetentionPolicy policy,
        List<Backup> backups,
        List<String> deletions,
        List<Merge> merges,
        List<Step> steps,
        List<Checkpoint> checkpoints) {
    /** One backup, oldest first; one without reasons goes. */
    public record Backup(String id, Instant takenAt, boolean stays, List<Reason> reasons) {
        public Backup {
            reasons = List.copyOf(reasons);
        }
    }

    /** Why one stays. */
    public record Reason(String kind, String detail) {}

    /** One that takes in what goes from below it, oldest first; about {@code bytes} are written for it. */
    public record Merge(String id, List<MergedDisk> disks, long bytes) {
        public Merge {
            disks = List.copyOf(disks);
        }
    }

    /** What a disk stands on, and what it is to stand on: nothing makes it full. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record MergedDisk(
            String disk, String parent, @Nullable String onto) {}

    /** One thing that is done to a backup: MERGE or DELETE. */
    public record Step(String action, String backup) {}

    /** One that no backup needs once the others are gone. */
    public record Checkpoint(String id, String name) {}

    /** One repository's policy. */
    public record Policy(String repo, int last, int daily, int weekly, int monthly, int yearly) {}

    public RetentionView {
        backups = List.copyOf(backups);
        deletions = List.copyOf(deletions);
        merges = List.copyOf(merges);
        steps = List.copyOf(steps);
        checkpoints = List.copyOf(checkpoints);
    }
}
