package dev.tidemark.schema.json;

import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeleted;
import dev.tidemark.schema.event.BackupDeletionFailed;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMergeFailed;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupProtected;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupReplanned;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupUnprotected;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.BreakCause;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointDeleted;
import dev.tidemark.schema.event.CheckpointDeletionFailed;
import dev.tidemark.schema.event.CheckpointDeletionRequested;
import dev.tidemark.schema.event.CheckpointFailed;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.DriftAction;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftGone;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.EncryptionFormat;
import dev.tidemark.schema.event.ErrandAbortRequested;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineConfiguration;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineFacts;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MachineRemoved;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.OperationInDoubt;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.RestoreCompleted;
import dev.tidemark.schema.event.RestoreExportEndRequested;
import dev.tidemark.schema.event.RestoreExportEnded;
import dev.tidemark.schema.event.RestoreExportFailed;
import dev.tidemark.schema.event.RestoreExportOpened;
import dev.tidemark.schema.event.RestoreExportRequested;
import dev.tidemark.schema.event.RestoreFailed;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoreRequested;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.event.RetentionPolicy;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.event.VerificationFailed;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.KeyIdentity;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryIdentity;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One event of every type, with every optional member filled once. */
final class EventSamples {
    private static final MachineId MACHINE = new MachineId("01JAAAAAAAAAAAAAAAAAAAAAAA");
    private static final OperationId OPERATION = new OperationId("01JBBBBBBBBBBBBBBBBBBBBBBB");
    private static final CheckpointId CHECKPOINT = new CheckpointId("01JCCCCCCCCCCCCCCCCCCCCCCC");
    private static final CheckpointId PARENT = new CheckpointId("01JDDDDDDDDDDDDDDDDDDDDDDD");
    private static final BackupId BACKUP = new BackupId("01JEEEEEEEEEEEEEEEEEEEEEEE");
    private static final BackupId SECOND_BACKUP = new BackupId("01JEEEEEEEEEEEEEEEEEEEEEEF");
    private static final BackupId THIRD_BACKUP = new BackupId("01JEEEEEEEEEEEEEEEEEEEEEEG");
    private static final BackupId BASE = new BackupId("01JFFFFFFFFFFFFFFFFFFFFFFF");
    private static final RepositoryName REPOSITORY = new RepositoryName("default");
    private static final DiskName VDA = new DiskName("vda");
    private static final DiskName VDB = new DiskName("vdb");
    private static final Instant AT = Instant.parse("2026-02-03T04:05:06.789Z");
    private static final String DIGEST = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    /** With the member that came later. */
    static BackupRequested backupRequestedWithCompression() {
        return new BackupRequested(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                BackupMode.PUSH,
                new BackupRequest.Since(PARENT),
                Optional.of(new BackupCheckpoint(CHECKPOINT, new CheckpointName("nightly"))),
                List.of(VDA, VDB),
                plans(),
                OptionalLong.of(104_857_600),
                Optional.of(Compression.ZSTD),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                AT);
    }

    private static MachineConfiguration configuration() {
        QemuFacts qemu = new QemuFacts("7.2.22", OptionalLong.of(4711), OptionalLong.of(1), Optional.of("4711/1/boot"));
        return new MachineConfiguration(
                qemu.of(new MachineFacts(
                        Optional.of("pc-q35-7.2-machine"),
                        Optional.of("web"),
                        Optional.of("1b4e28ba-2fa1-11d2-883f-0016d3cca427"),
                        Optional.of(true),
                        OptionalLong.of(4),
                        OptionalLong.of(8L << 30))),
                List.of(new DiskFacts(
                        VDA,
                        "#block042",
                        "qcow2",
                        1L << 40,
                        "/images/vda.qcow2",
                        1,
                        true,
                        Optional.of("/machine/peripheral/vda/virtio-backend"))));
    }

    /** With the members that came later. */
    static MachineObserved machineObservedWithMachine() {
        return new MachineObserved(
                MACHINE, configuration().qemu(), configuration().disks(), AT);
    }

    /** With the member that came later. */
    static CheckpointCreated checkpointCreatedWithConfiguration() {
        return new CheckpointCreated(
                MACHINE,
                OPERATION,
                CHECKPOINT,
                Consistency.CRASH,
                Optional.empty(),
                List.of(new TrackedDisk(VDA, 65_536, 1L << 40, "/images/vda.qcow2", 1, OptionalLong.of(65_536))),
                Optional.of(configuration()),
                AT);
    }

    /** With the member that came later. */
    static BackupCompleted backupCompletedWithConfiguration() {
        BackupCompleted frozen = backupCompletedFrozen();
        return new BackupCompleted(
                frozen.machine(),
                frozen.operation(),
                frozen.backup(),
                frozen.repository(),
                frozen.checkpoint(),
                frozen.disks(),
                frozen.identity(),
                frozen.moment(),
                Optional.of(configuration()),
                frozen.at());
    }

    /** Of a kind that came later. */
    static BackupRequested backupRequested(BackupRequest laterKind) {
        return new BackupRequested(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                BackupMode.PUSH,
                laterKind,
                Optional.empty(),
                List.of(VDA, VDB),
                plans(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                AT);
    }

    /** What changed since the parent. */
    static BackupRequest differential() {
        return new BackupRequest.Differential(PARENT);
    }

    /** With the member that came later. */
    static CheckpointRequested checkpointRequestedQuiesced() {
        return new CheckpointRequested(
                MACHINE,
                OPERATION,
                CHECKPOINT,
                new CheckpointName("before-upgrade"),
                Optional.of(PARENT),
                List.of(VDA),
                Optional.of("the night before"),
                Optional.of(true),
                AT);
    }

    /** With the member that came later. */
    static BackupRequested backupRequestedQuiesced() {
        return new BackupRequested(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                BackupMode.PUSH,
                new BackupRequest.Full(),
                Optional.empty(),
                List.of(VDA, VDB),
                plans(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.of(true),
                Optional.empty(),
                Optional.empty(),
                AT);
    }

    /** With the member that came later. */
    static CheckpointCreated checkpointCreatedThoughNotFrozen() {
        return new CheckpointCreated(
                MACHINE,
                OPERATION,
                CHECKPOINT,
                Consistency.CRASH,
                Optional.of("the guest thawed before the transaction was over"),
                List.of(new TrackedDisk(VDA, 65_536, 1L << 40, "/images/vda.qcow2", 1, OptionalLong.of(65_536))),
                AT);
    }

    /** With the member that came later. */
    static BackupCompleted backupCompletedFrozen() {
        return new BackupCompleted(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                Optional.of(CHECKPOINT),
                List.of(new CompletedDisk(
                        VDB,
                        BackupKind.FULL,
                        Optional.empty(),
                        Optional.empty(),
                        512,
                        "m/b/vdb.qcow2",
                        262_144,
                        DIGEST,
                        512)),
                Optional.empty(),
                Optional.of(Moment.FROZEN),
                AT);
    }

    /** Of a disk with the member that came later. */
    static BackupCompleted backupCompletedEncrypted() {
        return new BackupCompleted(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                Optional.of(CHECKPOINT),
                List.of(encrypted()),
                Optional.empty(),
                Optional.empty(),
                AT);
    }

    /** Of a disk with the member that came later. */
    static BackupMerged backupMergedEncrypted() {
        return new BackupMerged(
                MACHINE, OPERATION, BACKUP, List.of(new MergedDisk(SECOND_BACKUP, DIGEST, encrypted())), AT);
    }

    private static CompletedDisk encrypted() {
        return new CompletedDisk(
                VDB,
                BackupKind.FULL,
                Optional.empty(),
                Optional.empty(),
                512,
                "m/b/vdb.qcow2",
                2_359_296,
                DIGEST,
                512,
                Optional.of(new DiskEncryption(EncryptionFormat.LUKS, new KeyIdentity("33b0f033dbebd753"))));
    }

    /** With the member that came later. */
    static BackupCompleted backupCompletedWithIdentity() {
        return new BackupCompleted(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                Optional.of(CHECKPOINT),
                List.of(new CompletedDisk(
                        VDB,
                        BackupKind.FULL,
                        Optional.empty(),
                        Optional.empty(),
                        512,
                        "m/b/vdb.qcow2",
                        262_144,
                        DIGEST,
                        512)),
                Optional.of(new RepositoryIdentity("01JGGGGGGGGGGGGGGGGGGGGGGG")),
                Optional.empty(),
                AT);
    }

    /** With those that were there before, which came later. */
    static MachineRegistered machineRegisteredAfterAnother() {
        return new MachineRegistered(
                MACHINE,
                new MachineName("web"),
                new HostName("host.example"),
                "/run/web.qmp",
                Optional.empty(),
                Optional.of(
                        List.of(new FormerMachine(new MachineId("01HAAAAAAAAAAAAAAAAAAAAAAA"), List.of(OPERATION)))),
                AT);
    }

    /** With what it may have left, which came later. */
    static MachineRemoved machineRemovedWithWhatIsLeft() {
        return new MachineRemoved(
                MACHINE, OPERATION, Optional.of(OPERATION), Optional.of("jobs in the QEMU at /run/web.qmp"), AT);
    }

    /** With the terms that came later. */
    static BackupRequested backupRequestedToBePulled() {
        return new BackupRequested(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                BackupMode.PULL,
                new BackupRequest.Automatic(),
                Optional.of(new BackupCheckpoint(CHECKPOINT, new CheckpointName("nightly"))),
                List.of(),
                plans(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new PullTerms(
                        "00112233445566778899aabbccddeeff00112233", AT.plusSeconds(86_400), OptionalLong.of(1L << 30))),
                Optional.empty(),
                AT);
    }

    /** As events are written since a new bitmap marks something. */
    static CheckpointCreated checkpointCreatedWithCanary() {
        return new CheckpointCreated(
                MACHINE,
                OPERATION,
                CHECKPOINT,
                Consistency.CRASH,
                List.of(
                        new TrackedDisk(VDA, 65_536, 1L << 40, "/images/vda.qcow2", 1, OptionalLong.of(65_536)),
                        new TrackedDisk(new DiskName("vdb"), 65_536, 1L << 30, "/images/vdb.qcow2", 0)),
                AT);
    }

    private EventSamples() {}

    static List<MachineEvent> all() {
        return List.of(
                new MachineRegistered(
                        MACHINE,
                        new MachineName("web"),
                        new HostName("host.example"),
                        "/run/web.qmp",
                        Optional.of("/run/web.qga"),
                        AT),
                new MachineRemoved(MACHINE, OPERATION, AT),
                new MachineObserved(
                        MACHINE,
                        new QemuFacts("10.0.2", OptionalLong.of(4711), OptionalLong.of(123_456_789_012L)),
                        List.of(
                                new DiskFacts(VDA, "#block042", "qcow2", 1L << 40, "/images/vda.qcow2", 1, true),
                                new DiskFacts(VDB, "drive-vdb", "raw", 512, "/images/vdb ä.raw", 0, false)),
                        AT),
                new CheckpointRequested(
                        MACHINE,
                        OPERATION,
                        CHECKPOINT,
                        new CheckpointName("before-upgrade"),
                        Optional.of(PARENT),
                        List.of(VDA),
                        Optional.of("the night before"),
                        Optional.empty(),
                        AT),
                new CheckpointCreated(
                        MACHINE,
                        OPERATION,
                        CHECKPOINT,
                        Consistency.FILESYSTEM,
                        List.of(new TrackedDisk(VDA, 65_536, 1L << 40, "/images/vda.qcow2", 1)),
                        AT),
                new CheckpointFailed(MACHINE, OPERATION, CHECKPOINT, FailureCode.QEMU_REFUSED, "no", AT),
                new CheckpointDeletionRequested(MACHINE, OPERATION, CHECKPOINT, AT),
                new CheckpointDeleted(MACHINE, OPERATION, CHECKPOINT, AT),
                new CheckpointDeletionFailed(
                        MACHINE, OPERATION, CHECKPOINT, FailureCode.MACHINE_UNAVAILABLE, "gone", AT),
                new ChainBroken(
                        MACHINE, VDA, BreakCause.BITMAP_INCONSISTENT, "killed", List.of(PARENT, CHECKPOINT), AT),
                new DriftFound(
                        MACHINE,
                        DriftKind.UNKNOWN_BITMAP,
                        Optional.of(VDA),
                        "tm-01JGGGGGGGGGGGGGGGGGGGGGGG",
                        "unknown",
                        DriftAction.QUARANTINED,
                        AT),
                new DriftGone(MACHINE, DriftKind.MACHINE_PAUSED, Optional.empty(), "machine", AT),
                new OperationInDoubt(MACHINE, OPERATION, "the connection went away", AT),
                new GuestFreezeBegun(MACHINE, OPERATION, AT),
                new GuestThawed(MACHINE, OPERATION, Moment.crashBecause("thawed early"), AT),
                new BackupRequested(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        REPOSITORY,
                        BackupMode.PUSH,
                        new BackupRequest.Since(PARENT),
                        Optional.of(new BackupCheckpoint(CHECKPOINT, new CheckpointName("nightly"))),
                        List.of(VDA, VDB),
                        plans(),
                        OptionalLong.of(104_857_600),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        AT),
                new BackupReplanned(MACHINE, OPERATION, BACKUP, plans(), AT),
                new BackupStarted(MACHINE, OPERATION, BACKUP, AT),
                new BackupReady(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        List.of(
                                new ReadyDisk(
                                        VDA,
                                        "nbd+unix:///0011-vda?socket=/run/x.nbd",
                                        Optional.of("qemu:dirty-bitmap:tm-tmp-01JBBBBBBBBBBBBBBBBBBBBBBB"),
                                        1L << 40),
                                new ReadyDisk(
                                        VDB, "nbd+unix:///0011-vdb?socket=/run/x.nbd", Optional.empty(), 1L << 30)),
                        AT),
                new BackupFinishRequested(MACHINE, OPERATION, BACKUP, AT),
                new BackupPulled(
                        MACHINE, OPERATION, BACKUP, REPOSITORY, Optional.of(CHECKPOINT), List.of(VDA, VDB), AT),
                new BackupCompleted(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        REPOSITORY,
                        Optional.of(CHECKPOINT),
                        List.of(
                                new CompletedDisk(
                                        VDA,
                                        BackupKind.INCREMENTAL,
                                        Optional.of(PARENT),
                                        Optional.of(BASE),
                                        131_072,
                                        "m/b/vda.qcow2",
                                        393_216,
                                        DIGEST,
                                        1L << 40),
                                new CompletedDisk(
                                        VDB,
                                        BackupKind.FULL,
                                        Optional.empty(),
                                        Optional.empty(),
                                        512,
                                        "m/b/vdb.qcow2",
                                        262_144,
                                        DIGEST,
                                        512)),
                        AT),
                new BackupFailed(MACHINE, OPERATION, BACKUP, FailureCode.JOB_FAILED, "No space left on device", AT),
                new BackupAbortRequested(MACHINE, OPERATION, BACKUP, AT),
                new BackupSpeedChanged(MACHINE, OPERATION, BACKUP, OptionalLong.of(10_485_760), AT),
                new BackupAborted(MACHINE, OPERATION, BACKUP, AT),
                new VerificationRequested(MACHINE, OPERATION, BACKUP, REPOSITORY, AT),
                new BackupVerified(MACHINE, OPERATION, BACKUP, 1L << 41, AT),
                new BackupDamaged(
                        MACHINE, OPERATION, BACKUP, List.of(new DamagedDisk(VDA, "m/b/vda.qcow2", "digest")), AT),
                new VerificationFailed(MACHINE, OPERATION, BACKUP, FailureCode.REPOSITORY_FAILED, "unreadable", AT),
                new ErrandAbortRequested(MACHINE, OPERATION, new OperationId("01JCCCCCCCCCCCCCCCCCCCCCCC"), AT),
                new RestoreRequested(
                        MACHINE, OPERATION, BACKUP, REPOSITORY, List.of(VDA), "/restore", RestoreFormat.RAW, AT),
                new RestoreCompleted(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        List.of(new RestoredDisk(VDA, "/restore/vda.raw", RestoreFormat.RAW, 1L << 40)),
                        AT),
                new RestoreFailed(MACHINE, OPERATION, BACKUP, FailureCode.TARGET_EXISTS, "vda.raw", AT),
                new RestoreExportRequested(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        REPOSITORY,
                        List.of(VDA),
                        new ExportTerms("0011", AT.plusSeconds(3_600), true),
                        AT),
                new RestoreExportOpened(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        List.of(new ReadyDisk(
                                VDA, "nbd+unix:///0011-vda?socket=/run/x.nbd", Optional.empty(), 1L << 40)),
                        AT),
                new RestoreExportEndRequested(MACHINE, OPERATION, new OperationId("01JBBBBBBBBBBBBBBBBBBBBBBC"), AT),
                new RestoreExportEnded(MACHINE, OPERATION, BACKUP, AT),
                new RestoreExportFailed(MACHINE, OPERATION, BACKUP, FailureCode.LEASE_EXPIRED, "too late", AT),
                new BackupDeletionRequested(MACHINE, OPERATION, BACKUP, AT),
                new BackupDeleted(MACHINE, OPERATION, BACKUP, 393_216, AT),
                new BackupDeletionFailed(
                        MACHINE, OPERATION, BACKUP, FailureCode.BACKUP_NEEDED, "another stands on it", AT),
                new BackupMergeRequested(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        List.of(
                                new DiskMerge(VDA, SECOND_BACKUP, Optional.of(THIRD_BACKUP)),
                                new DiskMerge(VDB, SECOND_BACKUP, Optional.empty())),
                        AT),
                new BackupMerged(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        List.of(new MergedDisk(
                                SECOND_BACKUP,
                                DIGEST,
                                new CompletedDisk(
                                        VDB,
                                        BackupKind.FULL,
                                        Optional.empty(),
                                        Optional.empty(),
                                        512,
                                        "m/b/vdb.qcow2",
                                        262_144,
                                        DIGEST.replace('b', 'c'),
                                        512))),
                        AT),
                new BackupMergeFailed(
                        MACHINE,
                        OPERATION,
                        BACKUP,
                        FailureCode.BACKUP_DAMAGED,
                        "a file is not what it was",
                        List.of(new DamagedDisk(VDB, "m/b/vdb.qcow2", "sha256 differs")),
                        AT),
                new RetentionChanged(
                        MACHINE, OPERATION, REPOSITORY, Optional.of(new RetentionPolicy(7, 14, 8, 12, 3)), AT),
                new BackupProtected(MACHINE, OPERATION, BACKUP, Optional.of("case 7"), AT),
                new BackupUnprotected(MACHINE, OPERATION, BACKUP, true, AT));
    }

    private static List<DiskPlan> plans() {
        return List.of(
                new DiskPlan(
                        VDA,
                        BackupKind.INCREMENTAL,
                        Optional.of(PARENT),
                        Optional.of(BASE),
                        Optional.empty(),
                        "since 'weekly'"),
                new DiskPlan(
                        VDB,
                        BackupKind.FULL,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(FullCause.NO_BITMAP_SUPPORT),
                        "raw"));
    }

    /** With the member that came later. */
    static BackupRequested backupRequestedWithDeadline() {
        return new BackupRequested(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                BackupMode.PUSH,
                new BackupRequest.Full(),
                Optional.empty(),
                List.of(VDA, VDB),
                plans(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(AT.plusSeconds(3_600)),
                AT);
    }

    /** With the member that came later. */
    static BackupRequest copyToTargets() {
        return new BackupRequest.Copy(
                Optional.of(List.of(new DiskTarget(VDA, new TargetAddress("nbd+unix:///vda?socket=/run/store")))));
    }

    static BackupDeleted backupDeletedFromTargets() {
        return new BackupDeleted(
                MACHINE, OPERATION, BACKUP, 0, Optional.of(List.of(new TargetAddress("/dev/mapper/store"))), AT);
    }

    static RestoreRequested restoreToTargetsRequested() {
        return new RestoreRequested(
                MACHINE,
                OPERATION,
                BACKUP,
                REPOSITORY,
                List.of(VDA),
                "",
                RestoreFormat.RAW,
                Optional.of(List.of(new DiskTarget(VDA, new TargetAddress("nbd://store:10809/vda")))),
                AT);
    }

    static BackupAbortRequested backupAbortedByDeadline() {
        return new BackupAbortRequested(MACHINE, OPERATION, BACKUP, Optional.of(FailureCode.DEADLINE_PASSED), AT);
    }

    /** With the member that came later. */
    static VerificationRequested deepVerificationRequested() {
        return new VerificationRequested(MACHINE, OPERATION, BACKUP, REPOSITORY, Optional.of(true), AT);
    }

    /** With the member that came later. */
    static BackupVerified backupVerifiedDeep() {
        return new BackupVerified(MACHINE, OPERATION, BACKUP, 1L << 41, Optional.of(true), AT);
    }
}
