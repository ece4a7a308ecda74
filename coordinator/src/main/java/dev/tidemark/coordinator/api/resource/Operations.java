package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.OperationSignals;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.OperationKind;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Operations as callers see them: what the log says, with how far they are, and waiting for their end. */
public final class Operations implements AutoCloseable {
    /** How many of those who wait look into the database at the same time: woken together, a thousand would keep everybody else from it. */
    private static final int LOOKS_AT_ONCE = 4;

    /** For a turn when the time is over: then a thousand may look at the same moment. */
    private static final Duration LAST_TURN_MAX = Duration.ofSeconds(10);

    private final Queries queries;
    private final Engine engine;
    private final OperationSignals signals;
    private final Jobs jobs;
    private final Semaphore turns = new Semaphore(LOOKS_AT_ONCE, true);

    public Operations(Queries queries, Engine engine) {
        this.queries = queries;
        this.engine = engine;
        this.jobs = new Jobs(engine);
        this.signals = new OperationSignals(this::ended);
        engine.onCommitted(signals::committed);
        engine.onChangedElsewhere(signals::changedElsewhere);
    }

    Optional<OperationView> find(OperationId operation) {
        return queries.operation(operation)
                .filter(found -> Callers.reaches(new MachineId(found.vmId()), found.vm()))
                .map(this::present);
    }

    /** An operation that there is. */
    OperationView known(OperationId operation) {
        return find(operation).orElseThrow(() -> unknown(operation));
    }

    static Refusal unknown(OperationId operation) {
        return Refusal.notFound(
                "OPERATION_NOT_FOUND", "there is no operation " + operation, "See the vm's operations for the ids.");
    }

    /** The operation once it has ended, or as it is when the time is over or the coordinator stops. */
    Optional<OperationView> await(OperationId operation, Duration limit) throws InterruptedException {
        if (limit.isZero()) {
            return find(operation);
        }
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<OperationView> found = inTurn(operation, deadline);
        while (found.isPresent() && !found.get().state().ended() && !signals.closed()) {
            if (deadline - System.nanoTime() <= 0) {
                break;
            }
            try (OperationSignals.Waiter waiter =
                    signals.waiter(operation, new MachineId(found.get().vmId()))) {
                // It may have ended before anybody knew of the waiter.
                found = inTurn(operation, deadline);
                if (found.isPresent() && !found.get().state().ended()) {
                    waiter.await(Duration.ofNanos(deadline - System.nanoTime()));
                    found = inTurn(operation, deadline);
                }
            }
        }
        return found;
    }

    /** What {@link #find} gives; whoever has time to wait for an operation has it for the others who do. */
    private Optional<OperationView> inTurn(OperationId operation, long deadline) throws InterruptedException {
        long patience = Math.max(deadline - System.nanoTime(), LAST_TURN_MAX.toNanos());
        boolean turn = turns.tryAcquire(patience, TimeUnit.NANOSECONDS);
        try {
            return find(operation);
        } finally {
            if (turn) {
                turns.release();
            }
        }
    }

    /** How many callers wait for the end of an operation. */
    public int waiting() {
        return signals.count();
    }

    @Override
    public void close() {
        signals.close();
    }

    /** With how far it is, and what keeps it from going on. */
    OperationView present(OperationView operation) {
        if (operation.state().ended()) {
            return operation;
        }
        Optional<String> trouble = registrationTrouble(operation.kind(), new MachineId(operation.vmId()));
        if (trouble.isPresent()) {
            return operation.stuck(
                    FailureCode.MACHINE_UNAVAILABLE.name(),
                    trouble.get(),
                    "The vm is registered and will be taken in as soon as its QMP socket answers: start it, or free the"
                            + " socket.");
        }
        return jobs.present(operation);
    }

    /**
     * A registration ends when QEMU is first seen. No event says that it was looked for in vain: that is not a fact of the
     * machine's history, and the next look may succeed. But nobody should have to wait for it.
     */
    private Optional<String> registrationTrouble(OperationKind kind, MachineId machine) {
        return kind == OperationKind.REGISTER ? engine.sight(machine).trouble() : Optional.empty();
    }

    private Set<OperationId> ended(Set<OperationId> operations) {
        Set<OperationId> ended = new HashSet<>(queries.ended(operations));
        for (OperationId operation : operations) {
            // A registration goes by its machine's id; for any other id there is no such machine, and no sight of it.
            MachineSight sight = engine.sight(new MachineId(operation.value()));
            if (sight.trouble().isPresent()) {
                ended.add(operation);
            }
        }
        return ended;
    }
}
