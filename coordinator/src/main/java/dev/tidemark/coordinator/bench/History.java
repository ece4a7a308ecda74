package dev.tidemark.coordinator.bench;

import dev.tidemark.coordinator.api.resource.FreshIds;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupCompleted;
import dev.tidemark.schema.event.BackupDamaged;
import dev.tidemark.schema.event.BackupFailed;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.BackupStarted;
import dev.tidemark.schema.event.BackupVerified;
import dev.tidemark.schema.event.CheckpointCreated;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.Consistency;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.MachineObserved;
import dev.tidemark.schema.event.MachineRegistered;
import dev.tidemark.schema.event.QemuFacts;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The log of a machine that does not exist: taken in, seen, and backed up night after night, each incremental on the one before. */
final class History {
    private static final QemuFacts QEMU = new QemuFacts("10.0.0", OptionalLong.empty(), OptionalLong.empty());
    private static final List<DiskName> DISKS = List.of(new DiskName("vda"), new DiskName("vdb"));
    private static final RepositoryName REPOSITORY = new RepositoryName("bench");
    private static final String DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static final long DISK_BYTES = 40L << 30;
    private static final long FULL_BYTES = 12L << 30;
    private static final long INCREMENTAL_BYTES = 300L << 20;
    private static final int GRANULARITY = 65_536;

    private final FreshIds ids;
    private final MachineId machine;
    private final String name;
    private final List<MachineEvent> events = new ArrayList<>();
    private Instant now;
    private Optional<BackupRequested> last = Optional.empty();
    private int nights;

    private History(FreshIds ids, String name, Instant begin) {
        this.ids = ids;
        this.name = name;
        this.machine = new MachineId(ids.operation().value());
        this.now = begin;
    }

    /** Of a machine on this host that was taken in and seen. */
    static History begin(FreshIds ids, String name, HostName host, Instant at) {
        History history = new History(ids, name, at);
        history.events.add(new MachineRegistered(
                history.machine,
                new MachineName(name),
                host,
                "/run/qemu/" + name + ".qmp",
                Optional.empty(),
                history.tick()));
        history.events.add(new MachineObserved(
                history.machine,
                QEMU,
                DISKS.stream()
                        .map(disk -> new DiskFacts(disk, "#" + disk, "qcow2", DISK_BYTES, history.image(disk), 0, true))
                        .toList(),
                history.tick()));
        return history;
    }

    MachineId machine() {
        return machine;
    }

    List<MachineEvent> events() {
        return List.copyOf(events);
    }

    /** A night later there is one more backup. */
    void backUp() {
        BackupRequested requested = requested();
        BackupCheckpoint checkpoint = requested.checkpoint().orElseThrow();
        events.add(new CheckpointCreated(
                machine,
                requested.operation(),
                checkpoint.id(),
                Consistency.CRASH,
                DISKS.stream()
                        .map(disk -> new TrackedDisk(disk, GRANULARITY, DISK_BYTES, image(disk), 0))
                        .toList(),
                tick()));
        events.add(new BackupStarted(machine, requested.operation(), requested.backup(), tick()));
        events.add(new BackupCompleted(
                machine,
                requested.operation(),
                requested.backup(),
                REPOSITORY,
                Optional.of(checkpoint.id()),
                requested.disks().stream().map(plan -> file(requested, plan)).toList(),
                tick()));
        last = Optional.of(requested);
    }

    /** A night later there is a backup that came to nothing. */
    void fail() {
        BackupRequested requested = requested();
        events.add(new BackupFailed(
                machine,
                requested.operation(),
                requested.backup(),
                FailureCode.JOB_FAILED,
                "No space left on device",
                tick()));
    }

    /** The newest backup was read again, and is as it was written. */
    void verify() {
        BackupRequested backup = last.orElseThrow();
        events.add(new BackupVerified(
                machine, verification(backup), backup.backup(), DISKS.size() * INCREMENTAL_BYTES, tick()));
    }

    /** The newest backup was read again, and a file of it is not as it was written. */
    void damage() {
        BackupRequested backup = last.orElseThrow();
        DiskName disk = DISKS.getFirst();
        events.add(new BackupDamaged(
                machine,
                verification(backup),
                backup.backup(),
                List.of(new DamagedDisk(disk, path(backup, disk), "sha256 differs")),
                tick()));
    }

    private OperationId verification(BackupRequested backup) {
        OperationId operation = ids.operation();
        events.add(new VerificationRequested(machine, operation, backup.backup(), REPOSITORY, tick()));
        return operation;
    }

    private BackupRequested requested() {
        now = now.plus(Duration.ofDays(1));
        nights++;
        BackupRequested requested = new BackupRequested(
                machine,
                ids.operation(),
                new BackupId(ids.operation().value()),
                REPOSITORY,
                BackupMode.PUSH,
                new BackupRequest.Automatic(),
                Optional.of(new BackupCheckpoint(
                        new CheckpointId(ids.operation().value()), new CheckpointName("night-" + nights))),
                List.of(),
                DISKS.stream().map(this::plan).toList(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                tick());
        events.add(requested);
        return requested;
    }

    private DiskPlan plan(DiskName disk) {
        return last.map(before -> new DiskPlan(
                        disk,
                        BackupKind.INCREMENTAL,
                        before.checkpoint().map(BackupCheckpoint::id),
                        Optional.of(before.backup()),
                        Optional.empty(),
                        ""))
                .orElseGet(() -> new DiskPlan(
                        disk,
                        BackupKind.FULL,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(FullCause.NO_BACKUP_IN_REPOSITORY),
                        "no completed backup of '" + disk + "' in '" + REPOSITORY + "'"));
    }

    private CompletedDisk file(BackupRequested requested, DiskPlan plan) {
        long bytes = plan.kind() == BackupKind.FULL ? FULL_BYTES : INCREMENTAL_BYTES;
        return new CompletedDisk(
                plan.disk(),
                plan.kind(),
                plan.since(),
                plan.parent(),
                bytes,
                path(requested, plan.disk()),
                bytes,
                DIGEST,
                DISK_BYTES);
    }

    private String path(BackupRequested requested, DiskName disk) {
        return machine + "/" + requested.backup() + "/" + disk + ".qcow2";
    }

    private String image(DiskName disk) {
        return "/images/" + name + "-" + disk + ".qcow2";
    }

    private Instant tick() {
        now = now.plusSeconds(1);
        return now;
    }
}
