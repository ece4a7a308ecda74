package dev.tidemark.coordinator.modelcheck;

import static dev.tidemark.coordinator.modelcheck.Layout.FRESH;
import static dev.tidemark.coordinator.modelcheck.Layout.LAST_RUN;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_DEPTH;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_JOB;
import static dev.tidemark.coordinator.modelcheck.Layout.SEEN_SIZE;
import static dev.tidemark.coordinator.modelcheck.Layout.WATCHED_SINCE;
import static dev.tidemark.coordinator.modelcheck.World.ABSENT;
import static dev.tidemark.coordinator.modelcheck.World.FULL;
import static dev.tidemark.coordinator.modelcheck.World.NO_JOB;
import static dev.tidemark.coordinator.modelcheck.World.RECORDING;
import static dev.tidemark.coordinator.modelcheck.World.RUNNING;
import static dev.tidemark.coordinator.modelcheck.World.SPOILT;

import dev.tidemark.coordinator.chain.Decider;
import dev.tidemark.coordinator.chain.Decision;
import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.gateway.act.Plan;
import dev.tidemark.gateway.act.Plans;
import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.CreateCheckpoint;
import dev.tidemark.schema.command.DeleteCheckpoint;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.RecordReport;
import dev.tidemark.schema.command.RegisterMachine;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.ImageEvidence;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.ObservedJob;
import dev.tidemark.schema.contract.OperationResult;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** The production core and the production plans, driven by the steps of the model. */
@SuppressWarnings("EnumOrdinal") // a state is packed into a few numbers
final class Shadow {
    static final long GRANULARITY = 65_536;
    private static final long SIZE = 1L << 30;
    private static final Instant AT = Instant.parse("2026-02-03T04:05:06Z");
    private static final MachineId MACHINE = new MachineId(ulid(1));
    private static final RepositoryName[] REPOSITORIES = {new RepositoryName("near"), new RepositoryName("far")};

    private final Layout layout;
    private final Map<Integer, Desired> held = new HashMap<>();
    private Machine machine = Machine.unknown(MACHINE);
    private long operations;

    Shadow(Layout layout) {
        this.layout = layout;
        decide(new RegisterMachine(
                MACHINE, new MachineName("web"), new HostName("host"), "/run/web.qmp", Optional.empty(), AT));
        record(
                new Sight.Observed(
                        facts(1),
                        "running",
                        disks(World.first(layout), 0),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                machine.version(),
                List.of());
        hold(World.first(layout));
    }

    Machine machine() {
        return machine;
    }

    static CheckpointId checkpoint(int c) {
        return new CheckpointId(ulid(100 + c));
    }

    static BackupId backup(int c) {
        return new BackupId(ulid(200 + c));
    }

    static DiskName disk(int disk) {
        return new DiskName("vd" + (char) ('a' + disk));
    }

    static RepositoryName repository(boolean far) {
        return REPOSITORIES[far ? 1 : 0];
    }

    private static String ulid(long number) {
        return Ulid.encode(number, new byte[Ulid.RANDOMNESS_BYTES]);
    }

    private OperationId newOperation() {
        return new OperationId(ulid(1000 + ++operations));
    }

    /** Follows one step of the model, from the state before to the state after. */
    void follow(Action action, int first, int second, World before, World after) {
        switch (action) {
            case ASK_FOR_CHECKPOINT -> {
                int c = after.v[layout.subject];
                decide(new CreateCheckpoint(
                        MACHINE, newOperation(), checkpoint(c), name(c), List.of(), Optional.empty(), AT));
            }
            case ASK_FOR_BACKUP -> {
                int c = after.v[layout.subject];
                decide(new StartBackup(
                        MACHINE,
                        newOperation(),
                        backup(c),
                        repository(first == 1),
                        BackupMode.PUSH,
                        new BackupRequest.Automatic(),
                        Optional.of(new BackupCheckpoint(checkpoint(c), name(c))),
                        List.of(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        AT));
            }
            case ASK_FOR_DELETION -> decide(new DeleteCheckpoint(MACHINE, newOperation(), checkpoint(first), AT));
            case ASK_FOR_ABORT -> decide(new AbortBackup(MACHINE, newOperation(), backup(after.v[layout.subject]), AT));
            case REPORT, REPORT_UNANSWERED -> report(before, first, Outcome.values()[second]);
            case REPORT_UNREACHABLE ->
                record(new Sight.Unreachable("nothing listens", true, 60_000), version(before, first), List.of());
            default -> {
                // Nothing that the log hears of.
            }
        }
        hold(after);
    }

    /** A gateway whose desired state is the log's holds the production's desired state of now. */
    private void hold(World world) {
        for (int gateway = 0; gateway < layout.scope.gateways(); gateway++) {
            if (world.v[layout.gateway(gateway) + FRESH] == 1) {
                held.put(gateway, DesiredState.of(machine).orElseThrow());
            }
        }
    }

    /** The production's transaction for the operation that a gateway holds. */
    Plan plan(int gateway) {
        Map<DiskName, String> nodes = new HashMap<>();
        for (int disk = 0; disk < layout.disks; disk++) {
            nodes.put(disk(disk), node(disk));
        }
        return Plans.of(held(gateway).operation().orElseThrow(), nodes);
    }

    OperationId operation(int gateway) {
        return held(gateway).operation().orElseThrow().id();
    }

    private Desired held(int gateway) {
        return Objects.requireNonNull(held.get(gateway), "this gateway holds no desired state yet");
    }

    static String node(int disk) {
        return "node" + disk;
    }

    private void report(World w, int gateway, Outcome outcome) {
        List<ObservedJob> jobs = new ArrayList<>();
        Optional<OperationId> operation = held(gateway).operation().map(pending -> pending.id());
        for (int disk = 0; disk < layout.disks; disk++) {
            int job = w.v[w.held(gateway, disk) + SEEN_JOB];
            if (job != NO_JOB) {
                Optional<String> error = job == World.FAILED ? Optional.of("No space left") : Optional.empty();
                String id = QemuNames.job(operation.orElseThrow(), disk);
                jobs.add(new ObservedJob(id, job == RUNNING ? "running" : "concluded", error, 0, 1));
            }
        }
        List<OperationResult> results = outcome == Outcome.NONE
                ? List.of()
                : List.of(new OperationResult(operation.orElseThrow(), outcome(w, outcome)));
        record(
                new Sight.Observed(
                        facts(w.v[layout.gateway(gateway) + LAST_RUN]),
                        "running",
                        disks(w, gateway),
                        jobs,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                version(w, gateway),
                results);
    }

    /** The version counts drift too, which the model does not know: only old or current matters. */
    private long version(World w, int gateway) {
        boolean current = w.v[layout.gateway(gateway) + FRESH] == 1;
        return current ? machine.version() : machine.version() - 1;
    }

    private dev.tidemark.schema.contract.Outcome outcome(World w, Outcome outcome) {
        return switch (outcome) {
            case SEEN ->
                new dev.tidemark.schema.contract.Outcome.Done(new dev.tidemark.schema.contract.Outcome.Evidence.Seen());
            case STORED ->
                new dev.tidemark.schema.contract.Outcome.Done(
                        new dev.tidemark.schema.contract.Outcome.Evidence.Stored(completed(w)));
            case EVIDENCE_CHANGED -> refused(FailureCode.EVIDENCE_CHANGED);
            case BASE_MISSING -> refused(FailureCode.BASE_BACKUP_MISSING);
            case FAILED -> refused(FailureCode.JOB_FAILED);
            case ABORTED -> refused(FailureCode.ABORTED);
            case NONE -> throw new IllegalArgumentException("no outcome");
        };
    }

    private static dev.tidemark.schema.contract.Outcome refused(FailureCode code) {
        return new dev.tidemark.schema.contract.Outcome.Refused(code, "as the model says");
    }

    private List<CompletedDisk> completed(World w) {
        List<CompletedDisk> disks = new ArrayList<>();
        for (int disk = 0; disk < layout.disks; disk++) {
            int since = w.v[layout.begunPlan + disk];
            Optional<Integer> base = since == FULL ? Optional.empty() : Optional.of(since - 1);
            disks.add(new CompletedDisk(
                    disk(disk),
                    since == FULL ? BackupKind.FULL : BackupKind.INCREMENTAL,
                    base.map(Shadow::checkpoint),
                    base.map(Shadow::backup),
                    1,
                    "file",
                    1,
                    "0".repeat(64),
                    SIZE));
        }
        return disks;
    }

    private List<ObservedDisk> disks(World w, int gateway) {
        List<ObservedDisk> disks = new ArrayList<>();
        for (int disk = 0; disk < layout.disks; disk++) {
            int there = w.held(gateway, disk);
            int depth = w.v[there + SEEN_DEPTH];
            DiskFacts facts = new DiskFacts(
                    disk(disk),
                    node(disk),
                    "qcow2",
                    w.v[there + SEEN_SIZE] == 0 ? SIZE : SIZE / 2,
                    depth == 0 ? "/images/base" + disk : "/images/overlay" + disk,
                    depth,
                    true);
            List<ObservedBitmap> bitmaps = new ArrayList<>();
            for (int c = 0; c < layout.checkpoints; c++) {
                int seen = w.v[there + SEEN + c];
                if (seen != ABSENT) {
                    bitmaps.add(new ObservedBitmap(
                            Optional.of(BitmapName.of(checkpoint(c)).value()),
                            seen == RECORDING,
                            true,
                            false,
                            seen == SPOILT,
                            GRANULARITY,
                            0));
                }
            }
            disks.add(new ObservedDisk(facts, bitmaps, Optional.of(image(w, gateway, disk))));
        }
        return disks;
    }

    private void record(Sight sight, long version, List<OperationResult> results) {
        decide(new RecordReport(MACHINE, new Report(MACHINE, version, sight, results), AT));
    }

    private void decide(MachineCommand command) {
        switch (Decider.decide(command, machine)) {
            case Decision.Accepted(List<MachineEvent> events) -> {
                for (MachineEvent event : events) {
                    machine = machine.evolve(event);
                }
            }
            case Decision.Rejected(var rejection) ->
                throw new AssertionError("the model asks for what the core rejects: " + command + ": " + rejection);
        }
    }

    Optional<Pending> pending() {
        return machine.pending();
    }

    private static CheckpointName name(int c) {
        return new CheckpointName("c" + c);
    }

    private static QemuFacts facts(int run) {
        return new QemuFacts("10.0.0", OptionalLong.of(4711), OptionalLong.of(run), Optional.of(runName(run)));
    }

    private static String runName(long run) {
        return "run " + run;
    }

    private ImageEvidence image(World w, int gateway, int disk) {
        int run = Math.max(1, w.v[layout.gateway(gateway) + LAST_RUN]);
        int since = Math.max(1, w.v[w.held(gateway, disk) + WATCHED_SINCE]);
        return new ImageEvidence(
                LongStream.rangeClosed(since, run).mapToObj(Shadow::runName).toList(), Optional.empty());
    }
}
