package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The one operation on bitmaps that has an intent and no outcome yet. {@code inDoubt}: its answer was lost. */
public sealed interface Pending {
    /** Its id. */
    OperationId operation();

    /** Whether a lost answer was recorded already. */
    boolean inDoubt();

    /** Whether the guest is to be frozen for it, and its moment may still come. */
    boolean mayFreeze();

    /** The same, with a lost answer recorded. */
    Pending doubted();

    /** In words for a person whose own wish has to wait. */
    String description();

    /** A checkpoint is to be created. */
    record Creation(
            OperationId operation, CheckpointId checkpoint, List<DiskName> selection, boolean quiesce, boolean inDoubt)
            implements Pending {
        public Creation {
            selection = List.copyOf(selection);
        }

        @Override
        public Creation doubted() {
            return new Creation(operation, checkpoint, selection, quiesce, true);
        }

        @Override
        public boolean mayFreeze() {
            return quiesce;
        }

        @Override
        public String description() {
            return "a checkpoint is being created";
        }
    }

    /** A checkpoint is to be deleted. */
    record Deletion(OperationId operation, CheckpointId checkpoint, boolean inDoubt) implements Pending {
        @Override
        public Deletion doubted() {
            return new Deletion(operation, checkpoint, true);
        }

        @Override
        public boolean mayFreeze() {
            return false;
        }

        @Override
        public String description() {
            return "a checkpoint is being deleted";
        }
    }

    /** A backup is to be made, or is running. */
    record Backup(
            OperationId operation,
            BackupId backup,
            RepositoryName repository,
            BackupRequest request,
            Optional<BackupCheckpoint> checkpoint,
            List<DiskName> selection,
            List<DiskPlan> plan,
            OptionalLong bytesPerSecondMax,
            Optional<Compression> compression,
            boolean quiesce,
            Instant requestedAt,
            Optional<Instant> startedAt,
            boolean abort,
            boolean inDoubt,
            Optional<Pull> pull,
            Optional<Deadline> deadline)
            implements Pending {
        /** When it is to have ended; {@code passed}: that is why it is being ended now. */
        public record Deadline(Instant at, boolean passed) {}

        /** Data that a client reads: {@code ready} tells that the exports were seen, {@code finish} that it has read them. */
        public record Pull(PullTerms terms, boolean ready, boolean finish) {}

        public Backup {
            selection = List.copyOf(selection);
            plan = List.copyOf(plan);
        }

        /** Whether it was seen at work. */
        public boolean started() {
            return startedAt.isPresent();
        }

        Backup limited(OptionalLong limit) {
            return new Backup(
                    operation,
                    backup,
                    repository,
                    request,
                    checkpoint,
                    selection,
                    plan,
                    limit,
                    compression,
                    quiesce,
                    requestedAt,
                    startedAt,
                    abort,
                    inDoubt,
                    pull,
                    deadline);
        }

        @Override
        public Backup doubted() {
            return with(plan, startedAt, abort, true);
        }

        @Override
        public boolean mayFreeze() {
            return quiesce && !started();
        }

        Backup replanned(List<DiskPlan> next) {
            return with(next, startedAt, abort, inDoubt);
        }

        Backup begun(Instant seenAt) {
            return with(plan, startedAt.or(() -> Optional.of(seenAt)), abort, inDoubt);
        }

        Backup aborting() {
            return with(plan, startedAt, true, inDoubt);
        }

        /** Because its time is over. */
        Backup expired() {
            return new Backup(
                    operation,
                    backup,
                    repository,
                    request,
                    checkpoint,
                    selection,
                    plan,
                    bytesPerSecondMax,
                    compression,
                    quiesce,
                    requestedAt,
                    startedAt,
                    true,
                    inDoubt,
                    pull,
                    deadline.map(until -> new Deadline(until.at(), true)));
        }

        boolean isEndedByDeadline() {
            return deadline.filter(Deadline::passed).isPresent();
        }

        /** Until when it has to have come to its end, if that was said, and nobody has said that it is to end. */
        public Optional<Instant> due() {
            return abort ? Optional.empty() : deadline.map(Deadline::at);
        }

        /** Whether its time is over, and nobody has said that it is to end. */
        boolean isLate(Instant now) {
            return due().filter(until -> !now.isBefore(until)).isPresent();
        }

        Backup ready() {
            return with(pull.map(open -> new Pull(open.terms(), true, open.finish())));
        }

        Backup finishing() {
            return with(pull.map(open -> new Pull(open.terms(), open.ready(), true)));
        }

        /** Whether a client can read it now. */
        boolean isReady() {
            return pull.filter(Pull::ready).isPresent();
        }

        /** Who moves the data. */
        BackupMode mode() {
            return pull.isPresent() ? BackupMode.PULL : BackupMode.PUSH;
        }

        @Override
        public String description() {
            return isReady()
                    ? "pull backup " + backup + " waits for its client to finish"
                    : "backup " + backup + " is running";
        }

        private Backup with(Optional<Pull> nextPull) {
            return new Backup(
                    operation,
                    backup,
                    repository,
                    request,
                    checkpoint,
                    selection,
                    plan,
                    bytesPerSecondMax,
                    compression,
                    quiesce,
                    requestedAt,
                    startedAt,
                    abort,
                    inDoubt,
                    nextPull,
                    deadline);
        }

        private Backup with(
                List<DiskPlan> nextPlan, Optional<Instant> nowStarted, boolean nowAbort, boolean nowInDoubt) {
            return new Backup(
                    operation,
                    backup,
                    repository,
                    request,
                    checkpoint,
                    selection,
                    nextPlan,
                    bytesPerSecondMax,
                    compression,
                    quiesce,
                    requestedAt,
                    nowStarted,
                    nowAbort,
                    nowInDoubt,
                    pull,
                    deadline);
        }
    }
}
