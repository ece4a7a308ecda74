package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.FencedException;
import dev.tidemark.schema.contract.Lease;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.Report;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Wakes gateways the moment something is committed, hands out desired states by version, and takes reports.
 *
 * <p>Invariants: a machine's cached state is the fold of a prefix of its log and only moves forward; a change that a
 * gateway was not told of is told at its next wait, however many it missed; a cursor of another coordinator's life gets
 * everything.
 */
public final class Dispatch implements CoordinatorLink {
    private static final long OWED_LOOK_SECONDS = 5;

    private final History history;
    private final Leases leases;
    private final CrashHook crash;
    private final DispatchWatch watch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TrackedMachines machines;
    private final Turnstile turnstile;
    private final Presence presence = new Presence(System.nanoTime());
    private final Paces paces = new Paces();
    private final Epochs epochs = new Epochs();
    private final List<Consumer<MachineId>> heard = new CopyOnWriteArrayList<>();
    private volatile Board board = Board.NONE;
    private boolean closed;

    /**
     * Begins without machines; {@link #track} adds those that are registered.
     *
     * @param epoch differs in each life of the coordinator, so that an old cursor is recognised
     */
    public Dispatch(History history, String epoch) {
        this(history, epoch, CrashHook.NONE, JobLimits.NONE, Leases.NONE, DispatchWatch.NONE);
    }

    /**
     * With gateways that hold leases and are kept to limits.
     *
     * @param crash is called at every crash point between gateways and the log: for drills
     * @param watch is told how fast gateways are woken
     */
    public Dispatch(
            History history, String epoch, CrashHook crash, JobLimits limits, Leases leases, DispatchWatch watch) {
        this.watch = watch;
        this.leases = leases;
        this.turnstile = new Turnstile(limits);
        this.crash = crash;
        this.history = history;
        this.machines = new TrackedMachines(epoch);
    }

    /** Takes a registered machine up, as the log tells it. */
    public void track(Machine machine) {
        lock.lock();
        try {
            advance(machine);
        } finally {
            lock.unlock();
        }
    }

    /** Word of a commit. {@code version} is that after the last of the events. */
    public void committed(MachineId id, long version, List<MachineEvent> events) {
        Optional<Machine> known = cached(id);
        Machine now;
        if (known.isPresent() && known.get().version() == version - events.size()) {
            now = known.get();
            for (MachineEvent event : events) {
                now = now.evolve(event);
            }
        } else if (known.isPresent() && known.get().version() >= version) {
            return;
        } else {
            now = history.machine(id);
        }
        track(now);
    }

    /**
     * Takes up what was committed without a word: by another coordinator, or by this one when the answer to a commit was lost
     * for so long that nobody could tell whether there was one. Its gateway would otherwise never hear of what is to be done.
     */
    public void catchUp() {
        Map<MachineId, Long> versions = history.versions();
        versions.forEach(this::heard);
        for (MachineId id : registered()) {
            if (!versions.containsKey(id)) {
                track(history.machine(id));
            }
        }
    }

    /** Word of a commit that may be another coordinator's: so many events the machine has. */
    public void heard(MachineId id, long version) {
        if (cached(id).map(Machine::version).orElse(0L) < version) {
            track(history.machine(id));
            heard.forEach(listener -> listener.accept(id));
        }
    }

    /** Has the listener called when something about a machine was committed of which this coordinator had no word. */
    public void onHeard(Consumer<MachineId> listener) {
        heard.add(listener);
    }

    /** What a gateway tells is written there too, from now on. */
    public void publishTo(Board shared) {
        board = shared;
    }

    /** A gateway that asks another coordinator saw this. */
    public void seenElsewhere(MachineId id, Sight sight) {
        lock.lock();
        try {
            machines.of(id).ifPresent(tracked -> tracked.seenElsewhere(sight));
        } finally {
            lock.unlock();
        }
    }

    /** A gateway that asks another coordinator told this. */
    public void toldElsewhere(Progress step) {
        lock.lock();
        try {
            boolean open = machines.of(step.machine())
                    .filter(tracked -> Paces.isOpen(tracked.machine(), step.operation()))
                    .isPresent();
            if (open) {
                paces.told(step, System.nanoTime());
                release(turnstile.atWork(step.operation()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody wait for a host whose gateway has asked for nothing for so long. */
    public void passOver(Duration silence) {
        passOver(silence, Set.of());
    }

    /** The same, but for hosts whose gateways ask another coordinator. */
    public void passOver(Duration silence, Set<HostName> heardElsewhere) {
        lock.lock();
        try {
            long now = System.nanoTime();
            Set<HostName> silent = machines.all()
                    .flatMap(tracked -> tracked.host().stream())
                    .filter(host -> !heardElsewhere.contains(host) && presence.isSilent(host, silence, now))
                    .collect(Collectors.toSet());
            release(turnstile.silent(silent));
        } finally {
            lock.unlock();
        }
    }

    /** Whether no gateway of this host has asked for anything for so long. */
    public boolean isSilent(HostName host, Duration silence) {
        lock.lock();
        try {
            return presence.isSilent(host, silence, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /** Backups of which {@code over} says that their time is, and that nobody has asked to end. */
    public List<AbortBackup> late(Instant now, BiPredicate<BackupId, Instant> over, Supplier<OperationId> ids) {
        lock.lock();
        try {
            List<AbortBackup> late = new ArrayList<>();
            machines.registered().forEach(machine -> {
                if (machine.pending().orElse(null) instanceof Pending.Backup backup
                        && backup.due()
                                .filter(until -> over.test(backup.backup(), until))
                                .isPresent()) {
                    // The log goes by the time that is asked at, and the clock may have been set back.
                    Instant until = backup.due().orElseThrow();
                    Instant asked = now.isBefore(until) ? until : now;
                    late.add(new AbortBackup(machine.id(), ids.get(), backup.backup(), true, asked));
                }
            });
            return late;
        } finally {
            lock.unlock();
        }
    }

    /** The machines that are registered. */
    public List<MachineId> registered() {
        lock.lock();
        try {
            return machines.registered().map(Machine::id).toList();
        } finally {
            lock.unlock();
        }
    }

    /** The machine as last committed, as far as this coordinator has heard. */
    public Machine machine(MachineId id) {
        return cached(id).orElseGet(() -> history.machine(id));
    }

    /** What was seen of it last; nothing, if nobody has spoken for its host for long. */
    public Sighting sighting(MachineId id) {
        lock.lock();
        try {
            long now = System.nanoTime();
            return machines.of(id).map(tracked -> sighting(tracked, now)).orElse(Sighting.NONE);
        } finally {
            lock.unlock();
        }
    }

    private Sighting sighting(Tracked tracked, long nowNanoseconds) {
        return tracked.host()
                .filter(host -> turnstile.silent().contains(host))
                .map(host -> Sighting.silent(host, lastContact(host, nowNanoseconds)))
                .orElseGet(tracked::sighting);
    }

    private Instant lastContact(HostName host, long nowNanoseconds) {
        return Instant.now().minusNanos(presence.silentNanoseconds(host, nowNanoseconds));
    }

    /** How everything stands now. */
    public Standing standing() {
        lock.lock();
        try {
            long now = System.nanoTime();
            List<Standing.Seen> seen = new ArrayList<>();
            Map<HostName, Instant> gateways = new HashMap<>();
            machines.all().filter(tracked -> tracked.machine().registered()).forEach(tracked -> {
                seen.add(new Standing.Seen(tracked.machine(), sighting(tracked, now)));
                tracked.host().ifPresent(host -> gateways.computeIfAbsent(host, _ -> lastContact(host, now)));
            });
            presence.hosts().forEach(host -> gateways.putIfAbsent(host, lastContact(host, now)));
            return new Standing(
                    seen, gateways, turnstile.waiting(), paces.operations().size(), paces.stalled());
        } finally {
            lock.unlock();
        }
    }

    /** Why a job has not begun although it could; empty if nothing keeps it. */
    public Optional<Waiting> waiting(OperationId operation) {
        lock.lock();
        try {
            return turnstile.waiting(operation);
        } finally {
            lock.unlock();
        }
    }

    /** How far an operation is, if a gateway said so and it has not ended. */
    public Optional<Progress> progress(OperationId operation) {
        lock.lock();
        try {
            return paces.last(operation);
        } finally {
            lock.unlock();
        }
    }

    /** The operations of which gateways have told how far they are. */
    public List<OperationId> underWay() {
        lock.lock();
        try {
            return paces.operations();
        } finally {
            lock.unlock();
        }
    }

    /** How fast an operation goes, if that can be told. */
    public OptionalLong bytesPerSecond(OperationId operation) {
        lock.lock();
        try {
            return paces.bytesPerSecond(operation, System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has the machine looked at now.
     *
     * @param dry the report is answered but not recorded, and an ordinary one is owed
     */
    public CompletableFuture<Look> look(MachineId id, boolean dry) {
        CompletableFuture<Look> look = new CompletableFuture<>();
        lock.lock();
        try {
            Optional<Tracked> tracked = machines.of(id);
            if (tracked.isEmpty()) {
                return CompletableFuture.failedFuture(new IllegalArgumentException("not tracked: " + id));
            }
            tracked.get().want(look, dry);
            touch(tracked.get());
        } finally {
            lock.unlock();
        }
        return look;
    }

    @Override
    public Lease claim(HostName host, Claim claim) throws LinkException {
        if (isClosed()) {
            throw new LinkException("the coordinator is stopping");
        }
        try {
            Lease lease = leases.claim(host, claim);
            if (lease.granted()) {
                epochs.know(host, lease.epoch());
            }
            return lease;
        } catch (RuntimeException failure) {
            throw new LinkException("the lease of host " + host + " could not be looked at", failure);
        }
    }

    /** Another coordinator granted a lease, or this one in a former life. */
    public void leased(HostName host, long newest) {
        epochs.know(host, newest);
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        Wake wake = awaitChange(host, cursor, timeLimit);
        crash.at(CrashPoint.BEFORE_HAND_OUT, wake.machines());
        return wake;
    }

    private Wake awaitChange(HostName host, String cursor, Duration timeLimit)
            throws LinkException, InterruptedException {
        long remaining = timeLimit.toNanos();
        lock.lockInterruptibly();
        presence.begins(host);
        try {
            // Before it hears of anything: its jobs come back to their places.
            Set<HostName> stillSilent = new HashSet<>(turnstile.silent());
            stillSilent.remove(host);
            release(turnstile.silent(stillSilent));
            long since = machines.place(cursor);
            boolean waited = false;
            while (true) {
                if (closed) {
                    throw new LinkException("the coordinator is stopping");
                }
                Wake wake = wake(host, since);
                boolean nothing = wake.changed().isEmpty()
                        && wake.removed().isEmpty()
                        && wake.lookAt().isEmpty();
                if (!nothing || remaining <= 0) {
                    if (waited) {
                        tellLatency(host, since);
                    }
                    return wake;
                }
                waited = true;
                remaining = changed.awaitNanos(remaining);
            }
        } finally {
            presence.ends(host, System.nanoTime());
            lock.unlock();
        }
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        try {
            return recorded(report);
        } catch (RuntimeException failure) {
            throw new LinkException("the report could not be recorded", failure);
        }
    }

    private Optional<Desired> recorded(Report report) throws FencedException {
        MachineId id = report.machine();
        Machine before = machine(id);
        // What became of an operation is recorded in any case: the gateway may never say it again.
        List<CompletableFuture<Look>> dry = report.results().isEmpty() ? saw(id, report.sight(), true) : List.of();
        if (!dry.isEmpty()) {
            dry.forEach(look -> look.complete(new Look(before, report.sight())));
            // The gateway takes this report for recorded. What it showed must not wait for the next difference.
            CompletableFuture.delayedExecutor(OWED_LOOK_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> wantLook(id));
            return DesiredState.of(before).map(this::through);
        }
        crash.of(id.value()).at(CrashPoint.BEFORE_RECORD);
        OptionalLong version = history.record(report, before.registration().map(Machine.Registration::host));
        crash.of(id.value()).at(CrashPoint.AFTER_RECORD);
        if (!(report.sight() instanceof Sight.NotTaken)) {
            board.saw(id, report.sight());
        }
        List<CompletableFuture<Look>> waiting = saw(id, report.sight(), false);
        waiting.forEach(look -> look.complete(new Look(before, report.sight())));
        return version.isPresent()
                ? DesiredState.after(atLeast(id, version.getAsLong()), report.sight())
                        .map(this::through)
                : Optional.empty();
    }

    private Desired through(Desired desired) {
        lock.lock();
        try {
            return turnstile.through(desired);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The machine at this version or a later one. Word of a commit can be missed: it was another coordinator's, its answer was
     * lost, or reading failed just then. A gateway that went on with what is cached would report at a version from which
     * nothing is concluded, for ever.
     */
    private Machine atLeast(MachineId id, long version) {
        Machine known = machine(id);
        if (known.version() >= version) {
            return known;
        }
        track(history.machine(id));
        return machine(id);
    }

    @Override
    public void progress(Progress step) {
        lock.lock();
        try {
            if (isOutdated(step)) {
                return;
            }
            board.told(step);
            paces.told(step, System.nanoTime());
            release(turnstile.atWork(step.operation()));
        } finally {
            lock.unlock();
        }
    }

    private boolean isOutdated(Progress step) {
        return machines.of(step.machine())
                .flatMap(Tracked::host)
                .filter(host -> epochs.isOver(host, step.epoch()))
                .isPresent();
    }

    /** Lets every waiting gateway go. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wantLook(MachineId id) {
        lock.lock();
        try {
            machines.of(id).ifPresent(tracked -> {
                tracked.wantLook();
                touch(tracked);
            });
        } finally {
            lock.unlock();
        }
    }

    /** Remembers a sight and takes out those who waited for it. */
    private List<CompletableFuture<Look>> saw(MachineId id, Sight sight, boolean dry) {
        lock.lock();
        try {
            return sight instanceof Sight.NotTaken
                    ? List.of()
                    : machines.of(id).map(tracked -> tracked.saw(sight, dry)).orElse(List.of());
        } finally {
            lock.unlock();
        }
    }

    private Optional<Machine> cached(MachineId id) {
        lock.lock();
        try {
            return machines.of(id).map(Tracked::machine);
        } finally {
            lock.unlock();
        }
    }

    private void advance(Machine machine) {
        Optional<Tracked> known = machines.of(machine.id());
        if (known.isPresent()) {
            Machine before = known.get().machine();
            if (machine.version() <= before.version()) {
                return;
            }
            paces.forgetEnded(before, machine);
            known.get().becomes(machine);
        }
        touch(known.orElseGet(() -> new Tracked(machine)));
        release(turnstile.update(machine));
    }

    private void release(Set<MachineId> mayBegin) {
        for (MachineId released : mayBegin) {
            touch(machines.of(released).orElseThrow());
        }
    }

    private void tellLatency(HostName host, long since) {
        long now = System.nanoTime();
        for (Tracked tracked : machines.changedSince(host, since)) {
            watch.woken(Duration.ofNanos(now - tracked.changedNanoseconds()));
        }
    }

    private void touch(Tracked tracked) {
        machines.touch(tracked, System.nanoTime());
        changed.signalAll();
    }

    private Wake wake(HostName host, long since) {
        List<Desired> desired = new ArrayList<>();
        List<MachineId> removed = new ArrayList<>();
        List<MachineId> lookAt = new ArrayList<>();
        for (Tracked tracked : machines.changedSince(host, since)) {
            MachineId id = tracked.machine().id();
            DesiredState.of(tracked.machine())
                    .map(turnstile::through)
                    .ifPresentOrElse(desired::add, () -> removed.add(id));
            if (tracked.isLookWanted()) {
                // Wanted until it comes: this answer may get lost on its way.
                lookAt.add(id);
            }
        }
        return new Wake(machines.cursor(), desired, removed, lookAt);
    }

    /** A look that nobody can answer any more is given up by its asker; this bounds the asker's wait. */
    public static <T> Optional<T> within(CompletableFuture<T> future, Duration limit) throws InterruptedException {
        try {
            return Optional.of(future.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (java.util.concurrent.TimeoutException late) {
            future.cancel(false);
            return Optional.empty();
        } catch (java.util.concurrent.ExecutionException failed) {
            throw new IllegalStateException("the look failed", failed.getCause());
        }
    }
}
