package dev.tidemark.coordinator.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.schema.event.RetentionPolicy;
import java.time.Instant;
import java.util.List;

/** What a policy keeps of a machine's backups in a repository and why, and what goes in which order. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RetentionView(
        String vm,
        String repo,
        long version,
        RetentionPolicy policy,
        List<Backup> backups,
        List<String> deletions,
        List<Checkpoint> checkpoints) {
    /** One backup, oldest first; one without reasons goes. */
    public record Backup(String id, Instant takenAt, boolean stays, List<Reason> reasons) {
        public Backup {
            reasons = List.copyOf(reasons);
        }
    }

    /** Why one stays. */
    public record Reason(String kind, String detail) {}

    /** One that no backup needs once the others are gone. */
    public record Checkpoint(String id, String name) {}

    /** One repository's policy. */
    public record Policy(String repo, int last, int daily, int weekly, int monthly, int yearly) {}

    public RetentionView {
        backups = List.copyOf(backups);
        deletions = List.copyOf(deletions);
        checkpoints = List.copyOf(checkpoints);
    }
}
