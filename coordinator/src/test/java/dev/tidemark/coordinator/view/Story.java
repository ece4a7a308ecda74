package dev.tidemark.coordinator.view;

import dev.tidemark.schema.event.BackupAbortRequested;
import dev.tidemark.schema.event.BackupAborted;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupDeletionRequested;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupFinishRequested;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMergeRequested;
import dev.tidemark.schema.event.BackupMerged;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupPulled;
import dev.tidemark.schema.event.BackupReady;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupSpeedChanged;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CheckpointRequested;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.GuestFreezeBegun;
import dev.tidemark.schema.event.GuestThawed;
import dev.tidemark.schema.event.MachineConfiguration;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineFacts;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.event.TrackedDisk;
import dev.tidemark.schema.event.VerificationRequested;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One machine's log as it is told, event by event; ids and times follow from the machine's number and the count. */
final class Story {
    private static final QemuFacts QEMU = new QemuFacts("10.2.0", OptionalLong.of(4711), OptionalLong.empty());
    static final DiskName VDA = new DiskName("vda");
    static final DiskName VDB = new DiskName("vdb");
    static final RepositoryName REPOSITORY = new RepositoryName("default");
    static final String SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private final int number;
    private final List<Told> told = new ArrayList<>();
    private int ids;

    /** An event with its number in the machine's log and its metadata. */
    record Told(MachineEvent event, long version, Map<String, String> metadata) {}

    Story(int number) {
        this.number = number;
    }

    List<Told> told() {
        return told;
    }

    /** The next moment, to the microsecond: that is what PostgreSQL keeps. */
    Instant now() {
        return Instant.parse("2026-01-02T03:04:05.000006Z")
                .plusSeconds(told.size())
                .plusSeconds(number * 1000L);
    }

    String nextId() {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        randomness[8] = (byte) number;
        randomness[9] = (byte) ids++;
        randomness[7] = (byte) (ids >> 8);
        return Ulid.encode(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(), randomness);
    }

    OperationId nextOperation() {
        return new OperationId(nextId());
    }

    MachineId machine() {
        return told.getFirst().event().machine();
    }

    Story tell(MachineEvent event) {
        return tell(event, Map.of("caller", "admin"));
    }

    Story tell(MachineEvent event, Map<String, String> metadata) {
        told.add(new Told(event, told.size() + 1, metadata));
        return this;
    }

    static Story registered(int number, String name) {
        Story story = new Story(number);
        return story.tell(new MachineRegistered(
                new MachineId(story.nextId()),
                new MachineName(name),
                new HostName("host1"),
                "/run/qmp.sock",
                Optional.empty(),
                story.now()));
    }

    static Story seen(int number, String name) {
        Story story = registered(number, name);
        return story.tell(story.observation(20_000_000_000L));
    }

    MachineObserved observation(long sizeOfVdb) {
        return new MachineObserved(machine(), QEMU, disks(sizeOfVdb), now());
    }

    private static List<DiskFacts> disks(long sizeOfVdb) {
        return List.of(
                new DiskFacts(VDA, "#block1", "qcow2", 10_737_418_240L, "/images/a.qcow2", 0, true),
                new DiskFacts(VDB, "#block2", "raw", sizeOfVdb, "/images/b.raw", 0, false));
    }

    CheckpointRequested checkpointRequested(String name, Optional<CheckpointId> parent) {
        CheckpointRequested requested = new CheckpointRequested(
                machine(),
                nextOperation(),
                new CheckpointId(nextId()),
                new CheckpointName(name),
                parent,
                List.of(),
                Optional.of("before the upgrade"),
                Optional.empty(),
                now());
        tell(requested);
        return requested;
    }

    CheckpointCreated created(OperationId operation, CheckpointId checkpoint) {
        return new CheckpointCreated(
                machine(),
                operation,
                checkpoint,
                Consistency.CRASH,
                Optional.empty(),
                List.of(new TrackedDisk(VDA, 65536, 10_737_418_240L, "/images/a.qcow2", 0)),
                Optional.of(configuration()),
                now());
    }

    private static MachineConfiguration configuration() {
        MachineFacts machine = new MachineFacts(
                Optional.of("pc-q35-7.2-machine"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(true),
                OptionalLong.of(4),
                OptionalLong.of(8L << 30));
        return new MachineConfiguration(QEMU.of(machine), disks(20_000_000_000L));
    }

    CheckpointId checkpoint(String name, Optional<CheckpointId> parent) {
        CheckpointRequested requested = checkpointRequested(name, parent);
        tell(created(requested.operation(), requested.checkpoint()));
        return requested.checkpoint();
    }

    BackupRequested backupRequested(Optional<String> checkpoint) {
        BackupRequested requested = new BackupRequested(
                machine(),
                nextOperation(),
                new BackupId(nextId()),
                REPOSITORY,
                BackupMode.PUSH,
                new BackupRequest.Automatic(),
                checkpoint.map(name -> new BackupCheckpoint(new CheckpointId(nextId()), new CheckpointName(name))),
                List.of(),
                List.of(
                        new DiskPlan(
                                VDA,
                                BackupKind.FULL,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(FullCause.NO_BACKUP_IN_REPOSITORY),
                                "no completed backup of 'vda' in 'default'"),
                        new DiskPlan(
                                VDB,
                                BackupKind.FULL,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(FullCause.NO_BITMAP_SUPPORT),
                                "raw keeps no bitmap")),
                OptionalLong.empty(),
                checkpoint.map(name -> Compression.ZSTD),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                now());
        tell(requested);
        return requested;
    }

    void started(BackupRequested requested) {
        requested.checkpoint().ifPresent(checkpoint -> tell(created(requested.operation(), checkpoint.id())));
        tell(new BackupStarted(machine(), requested.operation(), requested.backup(), now()));
    }

    void completed(BackupRequested requested) {
        completed(requested, Optional.empty(), List.of(VDA, VDB));
    }

    /** The guest was to be frozen, and was thawed. */
    void frozen(OperationId operation, Moment moment) {
        tell(new GuestFreezeBegun(machine(), operation, now()));
        tell(new GuestThawed(machine(), operation, moment, now()));
    }

    /** Full, at a moment that is worth so much. */
    void completed(BackupRequested requested, Moment moment) {
        tell(new BackupCompleted(
                machine(),
                requested.operation(),
                requested.backup(),
                requested.repository(),
                requested.checkpoint().map(BackupCheckpoint::id),
                List.of(file(requested, VDA, Optional.empty())),
                Optional.empty(),
                Optional.of(moment),
                now()));
    }

    /** These disks only; incremental if there is a parent. */
    void completed(BackupRequested requested, Optional<BackupId> parent, List<DiskName> disks) {
        tell(new BackupCompleted(
                machine(),
                requested.operation(),
                requested.backup(),
                requested.repository(),
                requested.checkpoint().map(BackupCheckpoint::id),
                disks.stream().map(disk -> file(requested, disk, parent)).toList(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(configuration()),
                now()));
    }

    /** To have ended within an hour. */
    BackupRequested hurried() {
        BackupRequested usual = backupRequested(Optional.empty());
        told.removeLast();
        BackupRequested requested = new BackupRequested(
                usual.machine(),
                usual.operation(),
                usual.backup(),
                usual.repository(),
                usual.mode(),
                usual.request(),
                usual.checkpoint(),
                usual.selection(),
                usual.disks(),
                usual.bytesPerSecondMax(),
                usual.compression(),
                usual.quiesce(),
                usual.pull(),
                Optional.of(now().plusSeconds(3_600)),
                now());
        tell(requested);
        return requested;
    }

    /** To be read by a client. */
    BackupRequested pullRequested(Optional<String> checkpoint) {
        BackupRequested pushed = backupRequested(checkpoint);
        told.removeLast();
        BackupRequested requested = new BackupRequested(
                pushed.machine(),
                pushed.operation(),
                pushed.backup(),
                pushed.repository(),
                BackupMode.PULL,
                pushed.request(),
                pushed.checkpoint(),
                pushed.selection(),
                pushed.disks(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new PullTerms("0011", now().plusSeconds(86_400), OptionalLong.of(1L << 30))),
                Optional.empty(),
                now());
        tell(requested);
        return requested;
    }

    void ready(BackupRequested requested) {
        tell(new BackupReady(
                machine(),
                requested.operation(),
                requested.backup(),
                List.of(
                        new ReadyDisk(VDA, "nbd+unix:///0011-vda?socket=/s", Optional.of("qemu:dirty-bitmap:t"), 5),
                        new ReadyDisk(VDB, "nbd+unix:///0011-vdb?socket=/s", Optional.empty(), 6)),
                now()));
    }

    OperationId finishRequested(BackupRequested requested) {
        OperationId operation = nextOperation();
        tell(new BackupFinishRequested(machine(), operation, requested.backup(), now()));
        return operation;
    }

    void pulled(BackupRequested requested) {
        tell(new BackupPulled(
                machine(),
                requested.operation(),
                requested.backup(),
                requested.repository(),
                requested.checkpoint().map(BackupCheckpoint::id),
                List.of(VDA, VDB),
                now()));
    }

    void failed(BackupRequested requested) {
        tell(new BackupFailed(
                machine(),
                requested.operation(),
                requested.backup(),
                FailureCode.JOB_FAILED,
                "No space left on device",
                now()));
    }

    OperationId speedChanged(BackupRequested requested, OptionalLong limit) {
        OperationId operation = nextOperation();
        tell(new BackupSpeedChanged(machine(), operation, requested.backup(), limit, now()));
        return operation;
    }

    OperationId backupDeletionRequested(BackupRequested backup) {
        OperationId operation = nextOperation();
        tell(new BackupDeletionRequested(machine(), operation, backup.backup(), now()));
        return operation;
    }

    OperationId abortRequested(BackupRequested requested) {
        OperationId operation = nextOperation();
        tell(new BackupAbortRequested(machine(), operation, requested.backup(), now()));
        return operation;
    }

    void aborted(BackupRequested requested) {
        tell(new BackupAborted(machine(), requested.operation(), requested.backup(), now()));
    }

    BackupRequested backup(Optional<String> checkpoint) {
        BackupRequested requested = backupRequested(checkpoint);
        started(requested);
        completed(requested);
        return requested;
    }

    /** Incremental on another one. */
    BackupRequested backupOn(BackupRequested parent, DiskName... disks) {
        BackupRequested requested = backupRequested(Optional.empty());
        started(requested);
        completed(requested, Optional.of(parent.backup()), List.of(disks));
        return requested;
    }

    OperationId verified(BackupRequested backup, String caller) {
        return verified(backup, caller, false);
    }

    OperationId verified(BackupRequested backup, String caller, boolean deep) {
        OperationId operation = verificationRequested(backup, caller);
        tell(new BackupVerified(
                machine(), operation, backup.backup(), 5, deep ? Optional.of(true) : Optional.empty(), now()));
        return operation;
    }

    /** It takes in all that it stood on, for one disk. */
    void merged(BackupRequested backup, BackupRequested below, DiskName disk) {
        OperationId operation = nextOperation();
        tell(
                new BackupMergeRequested(
                        machine(),
                        operation,
                        backup.backup(),
                        List.of(new DiskMerge(disk, below.backup(), Optional.empty())),
                        now()),
                Map.of("caller", "timer"));
        tell(new BackupMerged(
                machine(),
                operation,
                backup.backup(),
                List.of(new MergedDisk(below.backup(), SHA256, file(backup, disk, Optional.empty()))),
                now()));
    }

    /** What reading one backup has found. */
    void damaged(BackupRequested read, DamagedDisk... found) {
        OperationId operation = verificationRequested(read, "auditor");
        tell(new BackupDamaged(machine(), operation, read.backup(), List.of(found), now()));
    }

    private OperationId verificationRequested(BackupRequested backup, String caller) {
        OperationId operation = nextOperation();
        tell(
                new VerificationRequested(machine(), operation, backup.backup(), REPOSITORY, now()),
                Map.of("caller", caller));
        return operation;
    }

    DamagedDisk damage(BackupId owner, DiskName disk) {
        return new DamagedDisk(disk, path(owner, disk), "sha256 differs");
    }

    private String path(BackupId backup, DiskName disk) {
        return machine() + "/" + backup + "/" + disk + ".qcow2";
    }

    private CompletedDisk file(BackupRequested requested, DiskName disk, Optional<BackupId> parent) {
        return new CompletedDisk(
                disk,
                parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                parent.map(id -> new CheckpointId(id.value())),
                parent,
                4096,
                path(requested.backup(), disk),
                8192,
                SHA256,
                disk.equals(VDA) ? 10_737_418_240L : 20_000_000_000L);
    }
}
