package dev.tidemark.schema.contract;

import dev.tidemark.schema.id.HostName;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a gateway can ask of its coordinator, in one process or over HTTP. The gateway connects outwards; it has no
 * database. Every call throws {@link LinkException} when the coordinator cannot be reached or does not know the answer.
 */
public interface CoordinatorLink {
    /**
     * Asks for the lease of a host, keeps it, or gives it back. Whoever does not hold it tells nothing and touches nothing: a host has
     * one gateway at a time, however many were started for it.
     */
    Lease claim(HostName host, Claim claim) throws LinkException;

    /**
     * Waits until a machine of this host has another version than the cursor tells, or something to be done at once.
     * Returns with whatever there is when the time is over. The first call passes an empty cursor.
     */
    Wake await(HostName host, String cursor, Duration timeLimit) throws LinkException, InterruptedException;

    /**
     * Hands over a report and gives back the desired state after it; empty if the machine is no longer registered. The
     * report was committed when this returns.
     *
     * @throws FencedException if it was made under another epoch than the host's: nothing of it was recorded
     */
    Optional<Desired> report(Report report) throws LinkException;

    /** Tells how far something is. May be dropped. */
    void progress(Progress progress);

    /**
     * The machines that changed since the cursor, those that left, and those at which somebody wants a look now
     * ({@code lookAt}: reconcile at once, report even if nothing changed).
     */
    record Wake(
            String cursor,
            List<Desired> changed,
            List<dev.tidemark.schema.id.MachineId> removed,
            List<dev.tidemark.schema.id.MachineId> lookAt) {
        public Wake {
            changed = List.copyOf(changed);
            removed = List.copyOf(removed);
            lookAt = List.copyOf(lookAt);
        }

        /** The ids of all machines that it is about. */
        public Set<String> machines() {
            Set<String> machines = new LinkedHashSet<>();
            changed.forEach(desired -> machines.add(desired.machine().value()));
            removed.forEach(machine -> machines.add(machine.value()));
            lookAt.forEach(machine -> machines.add(machine.value()));
            return machines;
        }
    }
}
