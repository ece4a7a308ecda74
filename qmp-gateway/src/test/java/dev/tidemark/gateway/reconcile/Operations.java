package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Operations and names for tests, each id once. */
final class Operations {
    static final RepositoryName REPOSITORY = new RepositoryName("default");
    private static final Instant REQUESTED_AT = Instant.parse("2026-03-01T10:00:00Z");
    private static final AtomicLong COUNTER = new AtomicLong();

    private Operations() {}

    static String ulid() {
        byte[] randomness = ByteBuffer.allocate(Ulid.RANDOMNESS_BYTES)
                .putLong(2, COUNTER.incrementAndGet())
                .array();
        return Ulid.encode(REQUESTED_AT.toEpochMilli(), randomness);
    }

    static OperationId operation() {
        return new OperationId(ulid());
    }

    static BackupId backupId() {
        return new BackupId(ulid());
    }

    static BitmapName bitmap() {
        return BitmapName.of(new CheckpointId(ulid()));
    }

    static BackupCheckpoint checkpoint(String name) {
        return new BackupCheckpoint(new CheckpointId(ulid()), new CheckpointName(name));
    }

    static DiskBackup full(DiskName disk, boolean tracked, Optional<BitmapName> previous) {
        DiskPlan plan = new DiskPlan(
                disk,
                BackupKind.FULL,
                Optional.empty(),
                Optional.empty(),
                Optional.of(FullCause.REQUESTED),
                "asked for");
        return new DiskBackup(plan, tracked, previous, List.of());
    }

    static DiskBackup incremental(DiskName disk, BackupId parent, List<BitmapName> sinceAndLater, boolean tracked) {
        DiskPlan plan = new DiskPlan(
                disk,
                BackupKind.INCREMENTAL,
                Optional.of(sinceAndLater.getFirst().checkpoint()),
                Optional.of(parent),
                Optional.empty(),
                "");
        Optional<BitmapName> previous = tracked ? Optional.of(sinceAndLater.getLast()) : Optional.empty();
        return new DiskBackup(plan, tracked, previous, sinceAndLater);
    }

    static PushBackupOperation backup(Optional<BackupCheckpoint> checkpoint, OptionalLong speed, DiskBackup... disks) {
        return new PushBackupOperation(
                operation(),
                backupId(),
                REPOSITORY,
                checkpoint,
                List.of(disks),
                speed,
                Optional.empty(),
                REQUESTED_AT,
                false,
                false);
    }

    /** For a client that has an hour. */
    static PullBackupOperation pull(DiskBackup... disks) {
        return new PullBackupOperation(
                operation(),
                backupId(),
                REPOSITORY,
                Optional.empty(),
                List.of(disks),
                new PullTerms("unguessable", Instant.now().plusSeconds(3_600), OptionalLong.empty()),
                false,
                Optional.empty(),
                REQUESTED_AT,
                false,
                false,
                false,
                false);
    }

    static PushBackupOperation quiesced(PushBackupOperation operation) {
        return new PushBackupOperation(
                operation.id(),
                operation.backup(),
                operation.repository(),
                operation.checkpoint(),
                operation.disks(),
                operation.bytesPerSecondMax(),
                operation.compression(),
                true,
                Optional.empty(),
                operation.requestedAt(),
                operation.started(),
                operation.abort());
    }

    /** Its moment is worth so much, by the log. */
    static PushBackupOperation started(PushBackupOperation operation, Moment moment) {
        return with(operation, Optional.of(moment), true, operation.abort());
    }

    static PushBackupOperation started(PushBackupOperation operation) {
        return with(operation, operation.moment(), true, operation.abort());
    }

    static PushBackupOperation aborted(PushBackupOperation operation) {
        return with(operation, operation.moment(), operation.started(), true);
    }

    static PushBackupOperation limited(PushBackupOperation operation, OptionalLong bytesPerSecondMax) {
        return new PushBackupOperation(
                operation.id(),
                operation.backup(),
                operation.repository(),
                operation.checkpoint(),
                operation.disks(),
                bytesPerSecondMax,
                operation.compression(),
                operation.quiesce(),
                operation.moment(),
                operation.requestedAt(),
                operation.started(),
                operation.abort());
    }

    private static PushBackupOperation with(
            PushBackupOperation operation, Optional<Moment> moment, boolean started, boolean abort) {
        return new PushBackupOperation(
                operation.id(),
                operation.backup(),
                operation.repository(),
                operation.checkpoint(),
                operation.disks(),
                operation.bytesPerSecondMax(),
                operation.compression(),
                operation.quiesce(),
                moment,
                operation.requestedAt(),
                started,
                abort);
    }
}
