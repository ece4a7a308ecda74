package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import java.time.Instant;
import java.util.List;

/**
 * What stays of a machine's backups in a repository and why, and what goes.
 *
 * @param entries the backups, oldest first
 * @param merges what takes in what it stands on, so that that can go, oldest first
 * @param steps merges and deletions, in an order in which nothing that stays ever loses what it stands on
 * @param checkpoints those that no backup needs once the others are gone, oldest first: the order in which they go
 */
public record RetentionPlan(List<Entry> entries, List<Merge> merges, List<Step> steps, List<CheckpointId> checkpoints) {
    public RetentionPlan {
        entries = List.copyOf(entries);
        merges = List.copyOf(merges);
        steps = List.copyOf(steps);
        checkpoints = List.copyOf(checkpoints);
    }

    /** One backup; without a reason it goes. */
    public record Entry(BackupId backup, Instant takenAt, List<Reason> reasons) {
        public Entry {
            reasons = List.copyOf(reasons);
        }

        public boolean stays() {
            return !reasons.isEmpty();
        }
    }

    /** A backup that stays, what its disks are to stand on, and about how many bytes are written for it. */
    public record Merge(BackupId backup, List<DiskMerge> disks, long bytes) {
        public Merge {
            disks = List.copyOf(disks);
        }
    }

    /** One thing to be done. */
    public record Step(Action action, BackupId backup) {
        /** What is done to the backup. */
        public enum Action {
            MERGE,
            DELETE
        }
    }

    /** Why a backup stays. */
    public record Reason(Kind kind, String detail) {}

    /** The kinds of reasons. */
    public enum Kind {
        /** It is the newest, or the newest whole one of a disk. */
        NEWEST,
        /** One of the newest so many. */
        LAST,
        /** The newest of its day. */
        DAILY,
        /** The newest of its week. */
        WEEKLY,
        /** The newest of its month. */
        MONTHLY,
        /** The newest of its year. */
        YEARLY,
        /** It is damaged and counts for nothing; whole, the policy would keep it. */
        DAMAGED,
        /** Somebody protected it. */
        PROTECTED,
        /** It is under a legal hold. */
        HOLD,
        /** The next incremental is to stand on it. */
        BASE,
        /** An operation is at work with it. */
        IN_USE,
        /** Another one that stays stands on it. */
        NEEDED
    }

    /** What goes, in an order in which nothing ever loses what it stands on: the newest first. */
    public List<BackupId> deletions() {
        return entries.reversed().stream()
                .filter(entry -> !entry.stays())
                .map(Entry::backup)
                .toList();
    }
}
