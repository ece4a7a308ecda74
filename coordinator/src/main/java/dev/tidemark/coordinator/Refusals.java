package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.Rejected.Kind;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.schema.id.OperationId;
import java.util.Optional;

/** The core's rejections in the words of the interface: one switch, so that a new rejection cannot be forgotten. */
final class Refusals {
    private Refusals() {}

    static Rejected of(Rejection rejection) {
        return switch (rejection) {
            case Rejection.UnknownMachine _ -> rejected(Kind.NOT_FOUND, "UNKNOWN_MACHINE", rejection);
            case Rejection.AlreadyRegistered _ -> rejected(Kind.CONFLICT, "ALREADY_REGISTERED", rejection);
            case Rejection.NeverSeen _ -> rejected(Kind.UNAVAILABLE, "MACHINE_UNAVAILABLE", rejection);
            case Rejection.OtherOperation other ->
                rejected(Kind.CONFLICT, "OTHER_OPERATION", rejection, Optional.of(other.operation()));
            case Rejection.NameTaken _ -> rejected(Kind.CONFLICT, Rejected.NAME_TAKEN, rejection);
            case Rejection.IdentityReused _ -> rejected(Kind.CONFLICT, "IDENTITY_REUSED", rejection);
            case Rejection.UnknownCheckpoint _ -> rejected(Kind.NOT_FOUND, "UNKNOWN_CHECKPOINT", rejection);
            case Rejection.UnknownDisk _ -> rejected(Kind.BAD_REQUEST, "UNKNOWN_DISK", rejection);
            case Rejection.DiskNamedTwice _ -> rejected(Kind.BAD_REQUEST, "DISK_NAMED_TWICE", rejection);
            case Rejection.NoBitmapSupport _ -> rejected(Kind.UNSUPPORTED, "NO_BITMAP_SUPPORT", rejection);
            case Rejection.NoGuestAgent _ -> rejected(Kind.UNSUPPORTED, "NO_GUEST_AGENT", rejection);
            case Rejection.NothingToDo _ -> rejected(Kind.CONFLICT, "NOTHING_TO_DO", rejection);
            case Rejection.FullRequired _ -> rejected(Kind.FULL_REQUIRED, "FULL_REQUIRED", rejection);
            case Rejection.NoBackupAtCheckpoint _ -> rejected(Kind.CONFLICT, "NO_BACKUP_AT_CHECKPOINT", rejection);
            case Rejection.NotUnderWay _ -> rejected(Kind.CONFLICT, "NOT_UNDER_WAY", rejection);
            case Rejection.NotRunning _ -> rejected(Kind.CONFLICT, "NOT_RUNNING", rejection);
            case Rejection.UnknownBackup _ -> rejected(Kind.NOT_FOUND, "UNKNOWN_BACKUP", rejection);
            case Rejection.BackupNeeded _ -> rejected(Kind.CONFLICT, "BACKUP_NEEDED", rejection);
            case Rejection.NothingToMerge _ -> rejected(Kind.CONFLICT, "NOTHING_TO_MERGE", rejection);
            case Rejection.BackupDamaged _ -> rejected(Kind.CONFLICT, "BACKUP_DAMAGED", rejection);
            case Rejection.NotExported _ -> rejected(Kind.CONFLICT, "NOT_EXPORTED", rejection);
            case Rejection.BackupProtected _ -> rejected(Kind.CONFLICT, "BACKUP_PROTECTED", rejection);
            case Rejection.Held _ -> rejected(Kind.CONFLICT, "LEGAL_HOLD", rejection);
            case Rejection.NotProtected _ -> rejected(Kind.CONFLICT, "NOT_PROTECTED", rejection);
            case Rejection.NoRetention _ -> rejected(Kind.NOT_FOUND, "NO_RETENTION", rejection);
            case Rejection.RetentionKeeps _ -> rejected(Kind.CONFLICT, "RETENTION_KEEPS", rejection);
            case Rejection.NotReady _ -> rejected(Kind.CONFLICT, "NOT_READY", rejection);
            case Rejection.Unsupported _ -> rejected(Kind.UNSUPPORTED, "UNSUPPORTED", rejection);
            case Rejection.TargetNamedTwice _ -> rejected(Kind.BAD_REQUEST, "TARGET_NAMED_TWICE", rejection);
            case Rejection.TargetClaimed _ -> rejected(Kind.CONFLICT, "TARGET_CLAIMED", rejection);
            case Rejection.BackupElsewhere _ -> rejected(Kind.UNSUPPORTED, "BACKUP_ELSEWHERE", rejection);
            case Rejection.TargetIsDisk _ -> rejected(Kind.CONFLICT, "TARGET_IS_DISK", rejection);
            case Rejection.HasCheckpoints _ -> rejected(Kind.CONFLICT, "HAS_CHECKPOINTS", rejection);
        };
    }

    private static Rejected rejected(Kind kind, String code, Rejection rejection) {
        return rejected(kind, code, rejection, Optional.empty());
    }

    private static Rejected rejected(Kind kind, String code, Rejection rejection, Optional<OperationId> operation) {
        return new Rejected(kind, code, rejection.detail(), rejection.remedy(), operation);
    }
}
