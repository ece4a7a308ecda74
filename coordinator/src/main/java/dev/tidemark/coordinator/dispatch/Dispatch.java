package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.contract.Claim;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.contract.Desired;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
    private final Epochs epochs = new Epochs();
    private final Known known;
    private final LogFollower log;
    private final Sightings sightings;
    private final HandingOut handingOut;

    /**
     * Begins without machines; {@link #track} adds those that are registered.
     *
     * @param epoch differs in each life of the coordinator, so that an old cursor is recognised
     */
    public Dispatch(History history, String epoch) {
        this(history, epoch, CrashHook.NONE, JobLimits.NONE, Places.UNSHARED, Leases.NONE, DispatchWatch.NONE);
    }

    /**
     * With gateways that hold leases and are kept to limits.
     *
     * @param crash is called at every crash point between gateways and the log: for drills
     * @param places counts what the limits allow, for all coordinators together
     * @param watch is told how fast gateways are woken
     */
    public Dispatch(
            History history,
            String epoch,
            CrashHook crash,
            JobLimits limits,
            Places places,
            Leases leases,
            DispatchWatch watch) {
        this.leases = leases;
        this.crash = crash;
        this.history = history;
        this.known = new Known(epoch, new Turnstile(limits, !places.equals(Places.UNSHARED)));
        this.log = new LogFollower(known, history);
        this.sightings = new Sightings(known, epochs);
        this.handingOut = new HandingOut(known, limits, places, watch);
    }

    /** Takes a registered machine up, as the log tells it. */
    public void track(Machine machine) {
        log.track(machine);
    }

    /** Word of a commit. {@code version} is that after the last of the events. */
    public void committed(MachineId id, long version, List<MachineEvent> events) {
        log.committed(id, version, events);
    }

    /**
     * Takes up what was committed without a word: by another coordinator, or by this one when the answer to a commit was lost
     * for so long that nobody could tell whether there was one. Its gateway would otherwise never hear of what is to be done. Whoever was
     * refused a place asks again: a host that had it may have gone meanwhile, of which nobody tells.
     */
    public void catchUp() {
        log.catchUp();
        known.change(() -> known.release(known.turnstile().askAgain()));
    }

    /** Word of a commit that may be another coordinator's: so many events the machine has. */
    public void heard(MachineId id, long version) {
        log.heard(id, version);
    }

    /** Has the listener called when something about a machine was committed of which this coordinator had no word. */
    public void onHeard(Consumer<MachineId> listener) {
        log.onHeard(listener);
    }

    /** What a gateway tells is written there too, from now on. */
    public void publishTo(Board shared) {
        sightings.publishTo(shared);
    }

    /** A gateway that asks another coordinator saw this. */
    public void seenElsewhere(MachineId id, Sight sight) {
        sightings.seenElsewhere(id, sight);
    }

    /** A gateway that asks another coordinator told this. */
    public void toldElsewhere(Progress step) {
        sightings.toldElsewhere(step);
    }

    /** Lets nobody wait for a host whose gateway has asked for nothing for so long. */
    public void passOver(Duration silence) {
        passOver(silence, Set.of());
    }

    /** The same, but for hosts whose gateways ask another coordinator. */
    public void passOver(Duration silence, Set<HostName> heardElsewhere) {
        sightings.passOver(silence, heardElsewhere);
    }

    /** Backups of which {@code over} says that their time is, and that nobody has asked to end. */
    public List<AbortBackup> late(Instant now, BiPredicate<BackupId, Instant> over, Supplier<OperationId> ids) {
        return known.under(() -> {
            List<AbortBackup> late = new ArrayList<>();
            known.machines().registered().forEach(machine -> {
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
        });
    }

    /** The machines that are registered. */
    public List<MachineId> registered() {
        return log.registered();
    }

    /** The machine as last committed, as far as this coordinator has heard. */
    public Machine machine(MachineId id) {
        return log.machine(id);
    }

    /** What was seen of it last; nothing, if nobody has spoken for its host for long. */
    public Sighting sighting(MachineId id) {
        return sightings.of(id);
    }

    /** How everything stands now. */
    public Standing standing() {
        return sightings.standing();
    }

    /** Why a job has not begun although it could; empty if nothing keeps it. */
    public Optional<Waiting> waiting(OperationId operation) {
        return known.under(() -> known.turnstile().waiting(operation));
    }

    /** How far an operation is, if a gateway said so and it has not ended. */
    public Optional<Progress> progress(OperationId operation) {
        return known.under(() -> known.paces().last(operation));
    }

    /** How long ago that was told. */
    public Optional<Duration> toldAgo(OperationId operation) {
        return known.under(() -> known.paces().toldAgo(operation, System.nanoTime()));
    }

    /** The operations of which gateways have told how far they are. */
    public List<OperationId> underWay() {
        return known.under(() -> known.paces().operations());
    }

    /** How fast an operation goes, if that can be told. */
    public OptionalLong bytesPerSecond(OperationId operation) {
        return known.under(() -> known.paces().bytesPerSecond(operation, System.nanoTime()));
    }

    /**
     * Has the machine looked at now.
     *
     * @param dry the report is answered but not recorded, and an ordinary one is owed
     */
    public CompletableFuture<Look> look(MachineId id, boolean dry) {
        return sightings.look(id, dry);
    }

    @Override
    public Lease claim(HostName host, Claim claim) throws LinkException {
        if (known.isClosed()) {
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

    @Override
    public Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        Wake wake = handingOut.await(host, cursor, timeLimit);
        crash.at(CrashPoint.BEFORE_HAND_OUT, wake.machines());
        return wake;
    }

    @Override
    public Optional<Desired> report(Report report) throws LinkException {
        try {
            Optional<Desired> desired = recorded(report);
            return desired.isPresent() ? Optional.of(handingOut.through(desired.get())) : desired;
        } catch (RuntimeException failure) {
            throw new LinkException("the report could not be recorded", failure);
        }
    }

    private Optional<Desired> recorded(Report report) throws LinkException {
        MachineId id = report.machine();
        Machine before = machine(id);
        // What became of an operation is recorded in any case: the gateway may never say it again.
        List<CompletableFuture<Look>> dry =
                report.results().isEmpty() ? sightings.rehearsed(id, report.sight()) : List.of();
        if (!dry.isEmpty()) {
            dry.forEach(look -> look.complete(new Look(before, report.sight())));
            // The gateway takes this report for recorded. What it showed must not wait for the next difference.
            CompletableFuture.delayedExecutor(OWED_LOOK_SECONDS, TimeUnit.SECONDS)
                    .execute(() -> sightings.wantLook(id));
            return DesiredState.of(before);
        }
        crash.of(id.value()).at(CrashPoint.BEFORE_RECORD);
        OptionalLong version = history.record(report, before.registration().map(Machine.Registration::host));
        crash.of(id.value()).at(CrashPoint.AFTER_RECORD);
        sightings.recorded(id, report.sight()).forEach(look -> look.complete(new Look(before, report.sight())));
        return version.isPresent()
                ? DesiredState.after(log.atLeast(id, version.getAsLong()), report.sight())
                : Optional.empty();
    }

    @Override
    public void progress(Progress step) {
        sightings.told(step);
    }

    /** Lets every waiting gateway go. */
    public void close() {
        known.close();
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
