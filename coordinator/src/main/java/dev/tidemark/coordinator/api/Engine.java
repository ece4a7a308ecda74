package dev.tidemark.coordinator.api;

import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.event.FormerMachine;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that the HTTP interface may do with the coordinator's inner rooms.
 *
 * <p>A version is the number of events in a machine's log up to that moment: the first event makes it 1.
 */
public interface Engine {
    /**
     * Decides on a command and appends what follows. When this returns, it is committed and the read models show it.
     * {@link Caller#metadata} goes into the metadata of every event.
     *
     * <p>May throw {@code MachineNameTaken} and {@code IdempotencyKeyTaken} of the read models, as they are or as the cause
     * of another exception.
     */
    default Submitted submit(MachineCommand command, Caller caller) throws Rejected {
        try {
            return submit(command, caller, Precondition.NONE);
        } catch (Outdated impossible) {
            throw new IllegalStateException("nothing was expected", impossible);
        }
    }

    /** As {@link #submit(MachineCommand, Caller)}, if the machine is as expected at the moment at which the command is decided on. */
    Submitted submit(MachineCommand command, Caller caller, Precondition precondition) throws Rejected, Outdated;

    /** The decision alone: nothing is written and nobody is woken. */
    default DryRun dryRun(MachineCommand command) throws Rejected {
        try {
            return dryRun(command, Precondition.NONE);
        } catch (Outdated impossible) {
            throw new IllegalStateException("nothing was expected", impossible);
        }
    }

    /** As {@link #dryRun(MachineCommand)}, if the machine is as expected. */
    DryRun dryRun(MachineCommand command, Precondition precondition) throws Rejected, Outdated;

    /** How far an operation is that has not ended, or what it waits for. */
    JobSight job(OperationId operation);

    /** How far every operation is of which a gateway has told that. */
    List<JobSight> jobs();

    /** What the last look at the machine gave. */
    MachineSight sight(MachineId machine);

    /** What may be left in QEMU of a machine that was removed. */
    FormerMachine former(MachineId machine);

    /** A registered machine's chains. */
    ChainView chain(MachineId machine) throws Rejected;

    /** A machine's chains as its events up to a moment tell them, whether it is registered or not. */
    ChainView chain(MachineId machine, Instant at);

    /** What a backup would do now. */
    PlanView plan(PlanQuestion question) throws Rejected;

    /** A registered machine's retention policies. */
    List<RetentionView.Policy> retention(MachineId machine) throws Rejected;

    /** What the policy of a repository keeps now, and what goes; without {@code merging} nothing is merged for that. */
    RetentionView retention(MachineId machine, RepositoryName repository, boolean merging) throws Rejected;

    /**
     * Has the machine looked at now and tells the drift.
     *
     * @param dryRun what was seen is not recorded
     * @throws Unreachable if nobody could look within the limit
     */
    ReconcileView reconcile(MachineId machine, boolean dryRun, Duration limit)
            throws Rejected, Unreachable, InterruptedException;

    /** On which hypervisor a machine is or was registered; empty if it never was. */
    Optional<HostName> host(MachineId machine);

    /** Who serves which host, or served it last. */
    List<GatewayView> gateways();

    /** For gateways on other hypervisors. */
    CoordinatorLink gatewayLink();

    /** The repositories to which backups can go. */
    List<RepositoryView> repositories();

    /** Has the listener called after every commit, with its events; it returns at once and never throws. */
    void onCommitted(Consumer<List<MachineEvent>> listener);

    /** Has the listener called when another coordinator has committed something about a machine; it returns at once and never throws. */
    void onChangedElsewhere(Consumer<MachineId> listener);
}
