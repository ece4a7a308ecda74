package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.LinkException;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** What this coordinator knows between the log and the gateways, all of it under one lock, and who waits for it to change. */
final class Known {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TrackedMachines machines;
    private final Turnstile turnstile;
    private final Presence presence = new Presence(System.nanoTime());
    private final Paces paces = new Paces();
    private boolean closed;

    Known(String epoch, Turnstile turnstile) {
        this.machines = new TrackedMachines(epoch);
        this.turnstile = turnstile;
    }

    /** Something that needs the lock and may have to wait under it. */
    @FunctionalInterface
    interface Interruptible<T> {
        T get() throws LinkException, InterruptedException;
    }

    <T> T under(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void change(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    <T> T interruptibly(Interruptible<T> work) throws LinkException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** It and all that follows is to be used under the lock only. */
    Condition changed() {
        return changed;
    }

    TrackedMachines machines() {
        return machines;
    }

    Turnstile turnstile() {
        return turnstile;
    }

    Presence presence() {
        return presence;
    }

    Paces paces() {
        return paces;
    }

    boolean isClosed() {
        return under(() -> closed);
    }

    /** Lets whoever waits go. */
    void close() {
        change(() -> {
            closed = true;
            changed.signalAll();
        });
    }

    Optional<Machine> machine(MachineId id) {
        return under(() -> machines.of(id).map(Tracked::machine));
    }

    /** Under the lock: something about it changed. */
    void touch(Tracked tracked) {
        machines.touch(tracked, System.nanoTime());
        changed.signalAll();
    }

    /** Under the lock: they may begin something that waited. */
    void release(Set<MachineId> mayBegin) {
        for (MachineId released : mayBegin) {
            touch(machines.of(released).orElseThrow());
        }
    }

    /** Under the lock: a machine's log came so far. */
    void advance(Machine machine) {
        Optional<Tracked> tracked = machines.of(machine.id());
        if (tracked.isPresent()) {
            Machine before = tracked.get().machine();
            if (machine.version() <= before.version()) {
                return;
            }
            paces.forgetEnded(before, machine);
            tracked.get().becomes(machine);
        }
        touch(tracked.orElseGet(() -> new Tracked(machine)));
        release(turnstile.update(machine));
    }

    /** Under the lock: when a gateway of the host asked last. */
    Instant lastContact(HostName host, long nowNanoseconds) {
        return Instant.now().minusNanos(presence.silentNanoseconds(host, nowNanoseconds));
    }
}
