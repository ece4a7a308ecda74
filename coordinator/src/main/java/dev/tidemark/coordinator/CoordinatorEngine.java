package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.ChainView;
import dev.tidemark.coordinator.api.DryRun;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.GatewayView;
import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.MachineVersion;
import dev.tidemark.coordinator.api.Outdated;
import dev.tidemark.coordinator.api.PlanQuestion;
import dev.tidemark.coordinator.api.PlanView;
import dev.tidemark.coordinator.api.Precondition;
import dev.tidemark.coordinator.api.ReconcileView;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.RepositoryView;
import dev.tidemark.coordinator.api.RetentionView;
import dev.tidemark.coordinator.api.Submitted;
import dev.tidemark.coordinator.api.Unreachable;
import dev.tidemark.coordinator.chain.Conclusion;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Rejection;
import dev.tidemark.coordinator.chain.Retention;
import dev.tidemark.coordinator.dispatch.Dispatch;
import dev.tidemark.coordinator.dispatch.Look;
import dev.tidemark.coordinator.dispatch.Sighting;
import dev.tidemark.coordinator.dispatch.Waiting;
import dev.tidemark.coordinator.ledger.Answer;
import dev.tidemark.coordinator.ledger.Decision;
import dev.tidemark.coordinator.ledger.Ledger;
import dev.tidemark.coordinator.monitor.tracing.Step;
import dev.tidemark.coordinator.monitor.tracing.Tracing;
import dev.tidemark.coordinator.view.OriginView;
import dev.tidemark.gateway.trail.LogContext;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Origin;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequested;
import dev.tidemark.schema.event.ChainBroken;
import dev.tidemark.schema.event.DriftAction;
import dev.tidemark.schema.event.DriftFound;
import dev.tidemark.schema.event.DriftKind;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.Ulid;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inner rooms as the HTTP interface knows them: the ledger for what is, dispatch for what was seen. */
final class CoordinatorEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinatorEngine.class);

    /** So many operations of a removed machine: what older ones had left was put away before the later ones began. */
    private static final int INHERITED_MAX = 64;

    private static final Duration FAR_LOOK_LIMIT = Duration.ofSeconds(30);

    private final Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger;
    private final Dispatch dispatch;
    private final Elsewhere elsewhere;
    private final Map<RepositoryName, Path> repositories;
    private final Clock clock;
    private final CrashHook crash;
    private final Tracing tracing;
    private final Origins origins;
    private final CoordinatorLink gateways;
    private final SecureRandom random = new SecureRandom();

    CoordinatorEngine(
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            Dispatch dispatch,
            Elsewhere elsewhere,
            Map<RepositoryName, Path> repositories,
            Clock clock,
            CrashHook crash) {
        this(
                ledger,
                dispatch,
                elsewhere,
                repositories,
                clock,
                crash,
                Tracing.off(),
                new Origins(_ -> Optional.empty()));
    }

    CoordinatorEngine(
            Ledger<Machine, MachineCommand, MachineEvent, Rejection> ledger,
            Dispatch dispatch,
            Elsewhere elsewhere,
            Map<RepositoryName, Path> repositories,
            Clock clock,
            CrashHook crash,
            Tracing tracing,
            Origins origins) {
        this.tracing = tracing;
        this.origins = origins;
        this.gateways = new TracedLink(dispatch, tracing, origins);
        this.crash = crash;
        this.ledger = ledger;
        this.dispatch = dispatch;
        this.elsewhere = elsewhere;
        this.repositories = Map.copyOf(repositories);
        this.clock = clock;
    }

    @Override
    public Submitted submit(MachineCommand command, Caller caller, Precondition precondition)
            throws Rejected, Outdated {
        try (Step step = tracing.step("append " + command.getClass().getSimpleName())) {
            Caller traced = caller.tracedAs(step.traceparent());
            // Before it is there: whoever is woken by it is faster than we are.
            operationNow()
                    .ifPresent(operation -> origins.remember(new OriginView(
                            new Origin(operation, caller.request(), step.traceparent()), clock.instant())));
            Submitted submitted = append(command, traced, precondition);
            step.note("tidemark.events", submitted.eventsAppended());
            LOG.info(
                    "{} of {}: {} events",
                    command.getClass().getSimpleName(),
                    caller.name(),
                    submitted.eventsAppended());
            return submitted;
        }
    }

    /** The one that the lines of the log are about: a command carries no more than its own kind needs. */
    private static Optional<OperationId> operationNow() {
        return Optional.ofNullable(LogContext.now().get(LogContext.OPERATION)).map(OperationId::new);
    }

    private Submitted append(MachineCommand command, Caller caller, Precondition precondition)
            throws Rejected, Outdated {
        MachineId machine = command.machine();
        return switch (ledger.execute(
                command, caller.metadata(), version -> precondition.admits(new MachineVersion(machine, version)))) {
            case Answer.Appended<MachineEvent, Rejection> appended -> {
                crash.of(machine.value()).at(CrashPoint.BEFORE_ANSWER);
                yield new Submitted(appended.version(), appended.events().size());
            }
            case Answer.Outdated<MachineEvent, Rejection> outdated ->
                throw new Outdated(new MachineVersion(machine, outdated.version()));
            case Answer.Refused<MachineEvent, Rejection> refused -> throw Refusals.of(refused.rejection());
        };
    }

    @Override
    public DryRun dryRun(MachineCommand command, Precondition precondition) throws Rejected, Outdated {
        MachineVersion now = new MachineVersion(
                command.machine(), ledger.state(command.machine().value()).version());
        if (!precondition.admits(now)) {
            throw new Outdated(now);
        }
        List<MachineEvent> events = rehearse(command);
        Rehearsal rehearsal = Rehearsal.of(machine(command.machine()), events);
        return new DryRun(events, rehearsal.transaction(), rehearsal.explanation());
    }

    @Override
    public JobSight job(OperationId operation) {
        return new JobSight(
                dispatch.progress(operation),
                dispatch.bytesPerSecond(operation),
                dispatch.toldAgo(operation),
                dispatch.waiting(operation).map(Waiting::reason));
    }

    @Override
    public List<JobSight> jobs() {
        return dispatch.underWay().stream()
                .map(this::job)
                .filter(sight -> sight.progress().isPresent())
                .toList();
    }

    @Override
    public MachineSight sight(MachineId machine) {
        Sighting sighting = dispatch.sighting(machine);
        if (sighting.state() != Sighting.State.UNKNOWN) {
            Optional<String> gone = goneGateway(machine, sighting.state());
            if (gone.isPresent()) {
                return new MachineSight(MachineSight.State.UNKNOWN, gone, Optional.empty(), Map.of());
            }
        }
        MachineSight.State state = switch (sighting.state()) {
            case UP -> MachineSight.State.UP;
            case DOWN -> MachineSight.State.DOWN;
            case UNKNOWN -> MachineSight.State.UNKNOWN;
        };
        Optional<String> trouble = sighting.sight() instanceof Sight.Unreachable unreachable
                ? Optional.of(unreachable.detail())
                : Optional.empty();
        Optional<String> runState =
                sighting.sight() instanceof Sight.Observed seen ? Optional.of(seen.runState()) : Optional.empty();
        Optional<String> peer = sighting.sight() instanceof Sight.Observed seen ? seen.peer() : Optional.empty();
        return new MachineSight(state, trouble, runState, dirtyBytes(sighting.sight()), peer);
    }

    /** What was seen is told as long as there is somebody who would tell if it changed. */
    private Optional<String> goneGateway(MachineId id, Sighting.State then) {
        long now = System.nanoTime();
        return host(id).flatMap(host -> elsewhere
                .holders()
                .of(host)
                .filter(holder -> holder.isOver(now))
                .map(holder -> "the gateway of host '" + host + "' was heard last " + holder.silentSeconds(now)
                        + " s ago; the vm was " + then + " then"));
    }

    @Override
    public List<GatewayView> gateways() {
        return elsewhere.leases().get().stream()
                .map(holding -> new GatewayView(
                        holding.host(),
                        holding.instance(),
                        holding.epoch(),
                        holding.coordinator(),
                        holding.live() ? "LIVE" : "GONE",
                        holding.grantedAt(),
                        holding.heardAt(),
                        holding.expiresAt(),
                        holding.version()))
                .toList();
    }

    @Override
    public FormerMachine former(MachineId id) {
        List<OperationId> intents = machine(id).intents();
        return new FormerMachine(id, intents.subList(Math.max(0, intents.size() - INHERITED_MAX), intents.size()));
    }

    @Override
    public ChainView chain(MachineId machine) throws Rejected {
        return ChainPicture.of(registered(machine), sight(machine));
    }

    @Override
    public ChainView chain(MachineId machine, Instant at) {
        return ChainPicture.of(ledger.state(machine.value(), at).state(), MachineSight.NONE);
    }

    @Override
    public List<RetentionView.Policy> retention(MachineId machine) throws Rejected {
        return registered(machine).retention().stream()
                .map(one -> new RetentionView.Policy(
                        one.repository().value(),
                        one.policy().last(),
                        one.policy().daily(),
                        one.policy().weekly(),
                        one.policy().monthly(),
                        one.policy().yearly()))
                .toList();
    }

    @Override
    public RetentionView retention(MachineId id, RepositoryName repository, boolean merging) throws Rejected {
        Machine machine = registered(id);
        Retention retention =
                machine.retention(repository).orElseThrow(() -> Refusals.of(new Rejection.NoRetention(repository)));
        return RetentionPicture.of(machine, retention, merging);
    }

    @Override
    public PlanView plan(PlanQuestion question) throws Rejected {
        Machine machine = registered(question.machine());
        StartBackup command = new StartBackup(
                question.machine(),
                new OperationId(ulid()),
                new BackupId(ulid()),
                question.repository(),
                BackupMode.PUSH,
                question.request(),
                Optional.of(
                        new BackupCheckpoint(new CheckpointId(ulid()), new CheckpointName("plan-" + clock.millis()))),
                question.selection(),
                OptionalLong.empty(),
                Optional.empty(),
                clock.instant());
        List<MachineEvent> events = rehearse(command);
        Rehearsal rehearsal = Rehearsal.of(machine, events);
        List<PlanView.Disk> disks = new ArrayList<>();
        for (MachineEvent event : events) {
            if (event instanceof BackupRequested requested) {
                requested
                        .disks()
                        .forEach(plan -> disks.add(new PlanView.Disk(
                                plan.disk().value(),
                                plan.kind().name(),
                                plan.since().map(machine::nameOf).orElse(null),
                                plan.parent().map(BackupId::value).orElse(null),
                                plan.cause().map(Enum::name).orElse(null),
                                plan.detail())));
            }
        }
        return new PlanView(
                name(machine),
                question.repository().value(),
                machine.version(),
                disks,
                rehearsal.transaction(),
                rehearsal.explanation());
    }

    @Override
    public ReconcileView reconcile(MachineId id, boolean dryRun, Duration limit)
            throws Rejected, Unreachable, InterruptedException {
        Machine machine = registered(id);
        Optional<HostName> host = machine.registration().map(Machine.Registration::host);
        Optional<ReconcileView> far =
                host.isEmpty() ? Optional.empty() : elsewhere.looks().ask(host.get(), id, dryRun, limit);
        return far.isPresent() ? far.get() : lookHere(id, dryRun, limit);
    }

    /** For another coordinator, whose asker waits as long as ours do. */
    ReconcileView lookHere(MachineId id, boolean dryRun) throws Rejected, Unreachable, InterruptedException {
        return lookHere(id, dryRun, FAR_LOOK_LIMIT);
    }

    private ReconcileView lookHere(MachineId id, boolean dryRun, Duration limit)
            throws Rejected, Unreachable, InterruptedException {
        registered(id);
        Optional<Look> answer = Dispatch.within(dispatch.look(id, dryRun), limit);
        if (answer.isEmpty()) {
            throw new Unreachable("no gateway looked at the machine within " + limit.toSeconds() + " s");
        }
        Look look = answer.get();
        if (!(look.sight() instanceof Sight.Observed seen)) {
            String detail = look.sight() instanceof Sight.Unreachable unreachable
                    ? unreachable.detail()
                    : "nobody looked at the machine";
            throw new Unreachable(detail);
        }
        List<ReconcileView.Drift> drift = new ArrayList<>();
        boolean converged = look.before().pending().isEmpty();
        for (MachineEvent event : Conclusion.differences(look.before(), seen, clock.instant())) {
            switch (event) {
                case ChainBroken broken -> {
                    drift.add(new ReconcileView.Drift(
                            broken.cause().name(),
                            broken.disk().value(),
                            broken.checkpoints().isEmpty()
                                    ? null
                                    : BitmapName.of(broken.checkpoints().getLast())
                                            .value(),
                            broken.detail(),
                            "FULL_REQUIRED"));
                    converged = false;
                }
                case DriftFound found -> {
                    drift.add(new ReconcileView.Drift(
                            found.kind().name(),
                            found.disk().map(disk -> disk.value()).orElse(null),
                            isBitmap(found.kind()) ? found.subject() : null,
                            found.detail(),
                            found.action().name()));
                    // What is quarantined or only told stays as it is: there is nothing left to do about it.
                    converged &= found.action() == DriftAction.QUARANTINED || found.action() == DriftAction.REPORTED;
                }
                default -> throw new IllegalStateException("not a difference: " + event);
            }
        }
        Machine now = dryRun ? look.before() : machine(id);
        return new ReconcileView(name(now), now.version(), drift, converged);
    }

    @Override
    public Optional<HostName> host(MachineId machine) {
        return dispatch.machine(machine).registration().map(Machine.Registration::host);
    }

    @Override
    public CoordinatorLink gatewayLink() {
        return gateways;
    }

    @Override
    public List<RepositoryView> repositories() {
        return repositories.entrySet().stream()
                .map(entry -> new RepositoryView(
                        entry.getKey().value(), entry.getValue().toString()))
                .sorted(java.util.Comparator.comparing(RepositoryView::name))
                .toList();
    }

    @Override
    public void onCommitted(Consumer<List<MachineEvent>> listener) {
        // Lives as long as the ledger: the interface is stopped before it.
        ledger.onCommitted(committed -> listener.accept(
                committed.events().stream().map(stored -> stored.event()).toList()));
    }

    @Override
    public void onChangedElsewhere(Consumer<MachineId> listener) {
        dispatch.onHeard(listener);
    }

    private List<MachineEvent> rehearse(MachineCommand command) throws Rejected {
        return switch (ledger.rehearse(command)) {
            case Decision.Accepted<MachineEvent, Rejection> accepted -> accepted.events();
            case Decision.Rejected<MachineEvent, Rejection> rejected -> throw Refusals.of(rejected.rejection());
        };
    }

    private Machine machine(MachineId id) {
        return ledger.state(id.value()).state();
    }

    private Machine registered(MachineId id) throws Rejected {
        Machine machine = machine(id);
        if (!machine.registered()) {
            throw Refusals.of(new Rejection.UnknownMachine(id));
        }
        return machine;
    }

    private static String name(Machine machine) {
        return machine.registration()
                .map(known -> known.name().value())
                .orElse(machine.id().value());
    }

    private static boolean isBitmap(DriftKind kind) {
        return switch (kind) {
            case UNKNOWN_BITMAP, UNKNOWN_TEMPORARY_BITMAP, EXTRA_RECORDING, LEFTOVER_BITMAP -> true;
            case LEFTOVER_NODE,
                    LEFTOVER_JOB,
                    LEFTOVER_EXPORT,
                    LEFTOVER_SECRET,
                    LEFTOVER_FILES,
                    UNKNOWN_NODE,
                    UNKNOWN_JOB,
                    UNKNOWN_EXPORT,
                    UNKNOWN_SECRET,
                    UNADDRESSABLE_DISK,
                    GUEST_FROZEN,
                    MACHINE_PAUSED -> false;
        };
    }

    private static Map<MachineSight.DiskBitmap, Long> dirtyBytes(Sight sight) {
        Map<MachineSight.DiskBitmap, Long> dirty = new HashMap<>();
        if (sight instanceof Sight.Observed seen) {
            for (ObservedDisk disk : seen.disks()) {
                disk.bitmaps()
                        .forEach(bitmap -> bitmap.name()
                                .filter(BitmapName::isCheckpointBitmap)
                                .ifPresent(name -> dirty.put(
                                        new MachineSight.DiskBitmap(disk.facts().name(), new BitmapName(name)),
                                        bitmap.dirtyBytes())));
            }
        }
        return dirty;
    }

    private String ulid() {
        byte[] randomness = new byte[Ulid.RANDOMNESS_BYTES];
        random.nextBytes(randomness);
        return Ulid.encode(clock.millis(), randomness);
    }
}
