package dev.tidemark.coordinator.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.FinishBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.event.ReadyDisk;
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
import java.util.Optional;
import java.util.OptionalLong;

/** given(events) / when(command) / then(events or rejection), told on one machine with the disks vda and vdb. */
final class Story {
    static final MachineId MACHINE = new MachineId(ulid(1));
    static final DiskName VDA = new DiskName("vda");
    static final DiskName VDB = new DiskName("vdb");
    static final CheckpointId A = new CheckpointId(ulid(11));
    static final CheckpointId B = new CheckpointId(ulid(12));
    static final CheckpointId C = new CheckpointId(ulid(13));
    static final CheckpointId STRANGE = new CheckpointId(ulid(99));
    static final BackupId BACKUP = new BackupId(ulid(21));
    static final BackupId SECOND_BACKUP = new BackupId(ulid(22));
    static final RepositoryName NEAR = new RepositoryName("near");
    static final RepositoryName FAR = new RepositoryName("far");
    static final QemuFacts QEMU =
            new QemuFacts("10.0.0", OptionalLong.of(4711), OptionalLong.of(1), Optional.of("first run"));
    static final Instant AT = Instant.parse("2026-02-03T04:05:06Z");
    static final long SIZE = 1L << 30;

    private Machine machine = Machine.unknown(MACHINE);
    private List<MachineEvent> outcome = List.of();
    private Optional<Rejection> rejection = Optional.empty();
    private long ids = 1000;

    /** Registered, never seen. */
    static Story registered() {
        Story story = new Story();
        story.when(new RegisterMachine(
                MACHINE, new MachineName("web"), new HostName("host"), "/run/web.qmp", Optional.empty(), AT));
        return story;
    }

    /** Registered and seen with two disks. */
    static Story machine() {
        Story story = registered();
        story.look(Look.asExpected(story.machine).plug(disk(VDA)).plug(disk(VDB)));
        return story;
    }

    /** A machine whose chain holds these checkpoints on both disks, oldest first. */
    static Story chain(CheckpointId... checkpoints) {
        Story story = machine();
        for (CheckpointId checkpoint : checkpoints) {
            story.create(checkpoint)
                    .done(story.expected().takenOver(VDA, checkpoint).takenOver(VDB, checkpoint));
        }
        return story;
    }

    static DiskFacts disk(DiskName name) {
        return new DiskFacts(name, "node-" + name, "qcow2", SIZE, "/images/" + name + ".qcow2", 0, true);
    }

    static DiskFacts raw(DiskName name) {
        return new DiskFacts(name, "node-" + name, "raw", SIZE, "/images/" + name + ".raw", 0, false);
    }

    static String ulid(long number) {
        return Ulid.encode(number, new byte[Ulid.RANDOMNESS_BYTES]);
    }

    OperationId newOperation() {
        return new OperationId(ulid(++ids));
    }

    Machine now() {
        return machine;
    }

    Desired desired() {
        return DesiredState.of(machine).orElseThrow();
    }

    Look expected() {
        return Look.asExpected(machine);
    }

    Story given(MachineEvent... events) {
        for (MachineEvent event : events) {
            machine = machine.evolve(event);
        }
        return this;
    }

    Story when(MachineCommand command) {
        switch (Decider.decide(command, machine)) {
            case Decision.Accepted(var events) -> {
                outcome = events;
                rejection = Optional.empty();
                events.forEach(event -> machine = machine.evolve(event));
            }
            case Decision.Rejected(var refused) -> {
                outcome = List.of();
                rejection = Optional.of(refused);
                assertThat(refused.detail()).isNotBlank().doesNotEndWith(".");
                assertThat(refused.remedy()).isNotBlank();
            }
        }
        return this;
    }

    Story create(CheckpointId checkpoint, DiskName... selection) {
        return when(new CreateCheckpoint(
                MACHINE, newOperation(), checkpoint, name(checkpoint), List.of(selection), Optional.empty(), AT));
    }

    Story delete(CheckpointId checkpoint) {
        return when(new DeleteCheckpoint(MACHINE, newOperation(), checkpoint, AT));
    }

    Story backup(BackupId backup, RepositoryName repository, BackupRequest request, Optional<CheckpointId> checkpoint) {
        return backup(backup, repository, request, checkpoint, List.of());
    }

    Story backup(
            BackupId backup,
            RepositoryName repository,
            BackupRequest request,
            Optional<CheckpointId> checkpoint,
            List<DiskName> selection) {
        return when(new StartBackup(
                MACHINE,
                newOperation(),
                backup,
                repository,
                BackupMode.PUSH,
                request,
                checkpoint.map(id -> new BackupCheckpoint(id, name(id))),
                selection,
                OptionalLong.empty(),
                Optional.empty(),
                AT));
    }

    /** To be read by a client. */
    Story pull(BackupId backup, RepositoryName repository, Optional<CheckpointId> checkpoint) {
        return when(new StartBackup(
                MACHINE,
                newOperation(),
                backup,
                repository,
                BackupMode.PULL,
                new BackupRequest.Automatic(),
                checkpoint.map(id -> new BackupCheckpoint(id, name(id))),
                List.of(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                Optional.of(new PullTerms("0011", AT.plusSeconds(60), OptionalLong.empty())),
                Optional.empty(),
                AT));
    }

    /** Every job of the pending backup runs, and these of its exports are there. */
    Look served(int exports) {
        Look look = expected();
        for (int index = 0; index < 2; index++) {
            look.job("tm-" + pendingOperation() + "-" + index);
            if (index < exports) {
                look.export("tm-" + pendingOperation() + "-" + index);
            }
        }
        return look;
    }

    /** The gateway says that the exports can be read, and the look beside it shows so many of them. */
    Story exported(int exports) {
        return report(
                served(exports).seen(),
                Optional.of(new Outcome.Done(new Outcome.Evidence.Exported(List.of(
                        new ReadyDisk(VDA, "nbd://a", Optional.empty(), SIZE),
                        new ReadyDisk(VDB, "nbd://b", Optional.empty(), SIZE))))));
    }

    Story finish(BackupId backup) {
        return when(new FinishBackup(MACHINE, newOperation(), backup, AT));
    }

    /** A full round of a pull, from the wish to the client's word that it has read everything. */
    Story pulled(BackupId backup, RepositoryName repository, CheckpointId checkpoint) {
        pull(backup, repository, Optional.of(checkpoint));
        started(checkpoint);
        exported(2);
        finish(backup);
        return done(served(2));
    }

    Story abort(BackupId backup) {
        return when(new AbortBackup(MACHINE, newOperation(), backup, AT));
    }

    /** A full round of an automatic backup with a checkpoint, from the wish to the manifest. */
    Story backedUp(BackupId backup, RepositoryName repository, CheckpointId checkpoint) {
        backup(backup, repository, new BackupRequest.Automatic(), Optional.of(checkpoint));
        started(checkpoint);
        return stored();
    }

    /** The transaction ran: its jobs and its checkpoint are seen. */
    Story started(CheckpointId checkpoint) {
        return look(
                expected().takenOver(VDA, checkpoint).takenOver(VDB, checkpoint).job(jobName()));
    }

    /** The manifest lies in the repository, as planned. */
    Story stored() {
        return report(new Sight.NotTaken(), Optional.of(storedAsPlanned()));
    }

    String jobName() {
        return "tm-" + pendingOperation() + "-vda";
    }

    Outcome storedAsPlanned() {
        PushBackupOperation backup = (PushBackupOperation) desired().operation().orElseThrow();
        return new Outcome.Done(new Outcome.Evidence.Stored(backup.disks().stream()
                .map(disk -> new CompletedDisk(
                        disk.plan().disk(),
                        disk.plan().kind(),
                        disk.plan().since(),
                        disk.plan().parent(),
                        1,
                        disk.plan().disk() + ".qcow2",
                        1,
                        "ab",
                        SIZE))
                .toList()));
    }

    OperationId pendingOperation() {
        return machine.pending().orElseThrow().operation();
    }

    Story look(Look look) {
        return report(look.seen(), Optional.empty());
    }

    Story done(Look look) {
        return report(look.seen(), Optional.of(new Outcome.Done(new Outcome.Evidence.Seen())));
    }

    Story doubtful(Look look) {
        return report(look.seen(), Optional.of(new Outcome.Unknown("the answer was lost")));
    }

    Story refused(Look look, FailureCode code) {
        return report(look.seen(), Optional.of(new Outcome.Refused(code, "QEMU said no")));
    }

    /** A report at the current version, with this outcome of the pending operation. */
    Story report(Sight sight, Optional<Outcome> result) {
        return report(machine.version(), sight, result);
    }

    Story report(long version, Sight sight, Optional<Outcome> result) {
        List<OperationResult> results = new ArrayList<>();
        result.ifPresent(told -> results.add(new OperationResult(pendingOperation(), told)));
        return when(new RecordReport(MACHINE, new Report(MACHINE, version, sight, results), AT));
    }

    List<MachineEvent> outcome() {
        return outcome;
    }

    Story then(Class<?>... types) {
        assertThat(rejection).isEmpty();
        assertThat(outcome).<Class<?>>extracting(Object::getClass).containsExactly(types);
        return this;
    }

    /** As {@link #then}, whatever drift is told beside. */
    Story concluded(Class<?>... types) {
        assertThat(rejection).isEmpty();
        assertThat(outcome.stream().filter(event -> !(event instanceof DriftFound)))
                .<Class<?>>extracting(Object::getClass)
                .containsExactly(types);
        return this;
    }

    Story thenNothing() {
        return then();
    }

    <E extends MachineEvent> List<E> all(Class<E> type) {
        return outcome.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <E extends MachineEvent> E only(Class<E> type) {
        List<E> found = all(type);
        assertThat(found).as("%s among %s", type.getSimpleName(), outcome).hasSize(1);
        return found.getFirst();
    }

    <R extends Rejection> R thenRejected(Class<R> type) {
        assertThat(rejection).get().isInstanceOf(type);
        return type.cast(rejection.orElseThrow());
    }

    /** The chain of a disk, oldest first. */
    List<CheckpointId> chainOf(DiskName disk) {
        return machine.disk(disk).orElseThrow().chain().stream()
                .map(Link::checkpoint)
                .toList();
    }

    static CheckpointName name(CheckpointId checkpoint) {
        return new CheckpointName("at-" + checkpoint.value().substring(8, 10));
    }
}
