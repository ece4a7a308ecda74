package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.DesiredState;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.CoordinatorLink.Wake;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells gateways what there is to do, the moment that there is something, and of each job no sooner than it has its places.
 *
 * <p>Places that are shared are asked for outside of the lock: nobody else waits for the database meanwhile.
 */
final class HandingOut {
    private final Known known;
    private final JobLimits limits;
    private final Places places;
    private final DispatchWatch watch;

    HandingOut(Known known, JobLimits limits, Places places, DispatchWatch watch) {
        this.known = known;
        this.limits = limits;
        this.places = places;
        this.watch = watch;
    }

    /** Waits until there is something new for a host, behind the place of the cursor. */
    Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException {
        known.interruptibly(() -> {
            known.presence().begins(host);
            // Before it hears of anything: its jobs come back to their places.
            Set<HostName> stillSilent = new HashSet<>(known.turnstile().silent());
            stillSilent.remove(host);
            known.release(known.turnstile().silent(stillSilent));
            return host;
        });
        try {
            Waiter waiter = new Waiter(host, cursor, System.nanoTime() + timeLimit.toNanos());
            while (true) {
                Optional<Wake> wake = known.interruptibly(waiter::next);
                if (wake.isPresent()) {
                    return wake.get();
                }
                ask(host, waiter.wishes);
            }
        } finally {
            known.change(() -> known.presence().ends(host, System.nanoTime()));
        }
    }

    /** For one that was just heard of: without what has to wait. */
    Desired through(Desired desired) throws LinkException {
        Asked asked = new Asked();
        List<Places.Wish> wishes = asked.of(List.of(desired.machine()));
        while (!wishes.isEmpty()) {
            ask(desired.host(), wishes);
            wishes = asked.of(List.of(desired.machine()));
        }
        return known.under(() -> known.turnstile().through(desired));
    }

    private void ask(HostName host, List<Places.Wish> wishes) throws LinkException {
        try {
            Places.Answer answer = places.take(host, limits, wishes);
            known.change(() -> known.release(known.turnstile().answered(answer, this::version)));
        } catch (RuntimeException failure) {
            throw new LinkException("the places of the jobs of host " + host + " could not be counted", failure);
        }
    }

    private long version(MachineId machine) {
        return known.machine(machine).map(Machine::version).orElse(0L);
    }

    /** What one gateway asked for: of a job that waits it is asked once whether it has a place after all. */
    private final class Asked {
        private final Set<OperationId> waiting = new HashSet<>();

        private List<Places.Wish> of(List<MachineId> machines) {
            return known.under(() -> known.turnstile().wishes(machines).stream()
                    .filter(wish -> wish.standing() != Places.Standing.WAITS || waiting.add(wish.operation()))
                    .toList());
        }
    }

    /** A gateway that waits for something new. */
    private final class Waiter {
        private final HostName host;
        private final String cursor;
        private final long endNanoseconds;
        private final Asked asked = new Asked();
        private List<Places.Wish> wishes = List.of();
        private boolean waited;

        private Waiter(HostName host, String cursor, long endNanoseconds) {
            this.host = host;
            this.cursor = cursor;
            this.endNanoseconds = endNanoseconds;
        }

        /** Under the lock; empty if there are wishes that have to be asked for first. */
        private Optional<Wake> next() throws LinkException, InterruptedException {
            long since = known.machines().place(cursor);
            while (true) {
                if (known.isClosed()) {
                    throw new LinkException("the coordinator is stopping");
                }
                List<Tracked> changed = known.machines().changedSince(host, since);
                wishes = asked.of(
                        changed.stream().map(tracked -> tracked.machine().id()).toList());
                if (!wishes.isEmpty()) {
                    return Optional.empty();
                }
                Wake wake = wake(changed);
                boolean nothing = wake.changed().isEmpty()
                        && wake.removed().isEmpty()
                        && wake.lookAt().isEmpty();
                long left = endNanoseconds - System.nanoTime();
                if (!nothing || left <= 0) {
                    if (waited) {
                        tellLatency(changed);
                    }
                    return Optional.of(wake);
                }
                waited = true;
                long _ = known.changed().awaitNanos(left);
            }
        }
    }

    private Wake wake(List<Tracked> changed) {
        List<Desired> desired = new ArrayList<>();
        List<MachineId> removed = new ArrayList<>();
        List<MachineId> lookAt = new ArrayList<>();
        for (Tracked tracked : changed) {
            MachineId id = tracked.machine().id();
            DesiredState.of(tracked.machine())
                    .map(known.turnstile()::through)
                    .ifPresentOrElse(desired::add, () -> removed.add(id));
            if (tracked.isLookWanted()) {
                // Wanted until it comes: this answer may get lost on its way.
                lookAt.add(id);
            }
        }
        return new Wake(known.machines().cursor(), desired, removed, lookAt);
    }

    private void tellLatency(List<Tracked> changed) {
        long now = System.nanoTime();
        for (Tracked tracked : changed) {
            watch.woken(Duration.ofNanos(now - tracked.changedNanoseconds()));
        }
    }
}
