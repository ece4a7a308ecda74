package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Lets jobs begin in the order in which they were asked for, so many at a time on each host and in each repository.
 *
 * <p>Invariants: nobody takes a repository's place before its host has room for it, so that the many of one host keep no other host
 * from their repository. Of those that have room, whoever came first is first. Of a host's jobs that wait for their repository the first
 * keeps a place of the host meanwhile: else two rows that are never free at once could pass it over for ever. A reading that waits for
 * another one of its machine takes no place as yet: it could do nothing with it. What a gateway was asked for is not taken back, nor what
 * tells of its progress. All else follows from the logs of the machines, so that a crash loses no place.
 *
 * <p>Where places are shared with other coordinators, order is made here and room is counted there: no gateway is asked for a job before
 * it was given one of the {@link Places}. Whoever is refused waits until something is heard of a job that has a place, and nobody behind
 * it goes first.
 */
final class Turnstile {
    private static final Comparator<Job> BEGUN_FIRST =
            Comparator.comparing(Job::begun).reversed().thenComparing(Job.ORDER);

    private final JobLimits limits;
    private final boolean shared;
    private final Map<MachineId, List<Job>> jobs = new HashMap<>();
    private final Set<OperationId> handedOut = new HashSet<>();
    private final Set<OperationId> placed = new HashSet<>();
    private final Map<OperationId, Places.Refusal> refused = new HashMap<>();
    private Set<HostName> silent = Set.of();
    private Map<OperationId, Waiting> waiting = Map.of();

    /** {@code shared}: with other coordinators. */
    Turnstile(JobLimits limits, boolean shared) {
        this.limits = limits;
        this.shared = shared && !limits.equals(JobLimits.NONE);
    }

    /** Takes a machine up as it is now; gives those whose jobs may begin by that. */
    Set<MachineId> update(Machine machine) {
        List<Job> now = Job.of(machine);
        boolean mayBeFree = refused.values()
                .removeIf(refusal -> refusal.holders().stream()
                        .anyMatch(holder -> holder.machine().equals(machine.id())));
        if (!mayBeFree && now.equals(jobs.getOrDefault(machine.id(), List.of()))) {
            return Set.of();
        }
        if (now.isEmpty()) {
            jobs.remove(machine.id());
        } else {
            jobs.put(machine.id(), now);
        }
        return recount();
    }

    /**
     * Nobody speaks for these hosts now; gives those whose jobs may begin by that. What waits there cannot begin, and what ran there
     * is told of by nobody: neither is to keep the rest of a fleet from its repository. They come back to their places.
     */
    Set<MachineId> silent(Set<HostName> hosts) {
        if (hosts.equals(silent)) {
            return Set.of();
        }
        silent = Set.copyOf(hosts);
        refused.clear();
        return recount();
    }

    /** Time has gone by: whoever was refused may ask again. Gives those. */
    Set<MachineId> askAgain() {
        if (refused.isEmpty()) {
            return Set.of();
        }
        refused.clear();
        return recount();
    }

    Set<HostName> silent() {
        return silent;
    }

    /** How many have not begun because something keeps them. */
    int waiting() {
        return waiting.size();
    }

    /** Why a job has not begun; empty if nothing keeps it. */
    Optional<Waiting> waiting(OperationId operation) {
        return Optional.ofNullable(waiting.get(operation));
    }

    /** What has to be asked for before a gateway may be told of these machines, in order; nothing where no place is shared. */
    List<Places.Wish> wishes(Collection<MachineId> machines) {
        return !shared
                ? List.of()
                : machines.stream()
                        .flatMap(machine -> jobs.getOrDefault(machine, List.of()).stream())
                        .filter(job -> !placed.contains(job.operation()))
                        .sorted(Job.ORDER)
                        .map(job -> new Places.Wish(
                                job.operation(), job.machine(), job.repository(), standing(job), job.description()))
                        .toList();
    }

    private Places.Standing standing(Job job) {
        if (job.begun() || handedOut.contains(job.operation())) {
            return Places.Standing.AT_WORK;
        }
        return waiting.containsKey(job.operation()) ? Places.Standing.WAITS : Places.Standing.COULD_BEGIN;
    }

    /**
     * The places were asked for; gives those whose jobs may begin by what was learned.
     *
     * @param heard up to which version a machine's log was heard of: a holder that has gone on since may have ended already
     */
    Set<MachineId> answered(Places.Answer answer, ToLongFunction<MachineId> heard) {
        boolean changed = false;
        for (OperationId operation : answer.placed()) {
            placed.add(operation);
            handedOut.add(operation);
            changed |= waiting.containsKey(operation);
        }
        for (Places.Refusal refusal : answer.refusals()) {
            boolean mayBeFree = refusal.holders().stream()
                    .anyMatch(holder -> heard.applyAsLong(holder.machine()) > holder.version());
            if (!mayBeFree) {
                refused.put(refusal.operation(), refusal);
                refusal.holders().forEach(holder -> handedOut.add(holder.operation()));
                changed = true;
            }
        }
        return changed ? recount() : Set.of();
    }

    /** Without what has to wait. It is for a gateway, which may begin the rest and not tell for long. */
    Desired through(Desired desired) {
        Set<OperationId> unplaced = wishes(List.of(desired.machine())).stream()
                .map(Places.Wish::operation)
                .collect(Collectors.toSet());
        Optional<Operation> operation =
                desired.operation().filter(asked -> !waiting.containsKey(asked.id()) && !unplaced.contains(asked.id()));
        List<RepositoryOperation> repositoryOperations = desired.repositoryOperations().stream()
                .filter(asked -> !waiting.containsKey(asked.id()) && !unplaced.contains(asked.id()))
                .toList();
        operation.ifPresent(asked -> handedOut.add(asked.id()));
        repositoryOperations.forEach(asked -> handedOut.add(asked.id()));
        return operation.equals(desired.operation()) && repositoryOperations.equals(desired.repositoryOperations())
                ? desired
                : desired.asking(operation, repositoryOperations);
    }

    /** It tells how far it is: perhaps the coordinator that asked for it lives no more. Gives those whose jobs may begin by that. */
    Set<MachineId> atWork(OperationId operation) {
        boolean isNew = !handedOut.contains(operation)
                && jobs.values().stream()
                        .flatMap(List::stream)
                        .anyMatch(job -> job.operation().equals(operation));
        if (!isNew) {
            return Set.of();
        }
        handedOut.add(operation);
        return recount();
    }

    private Set<MachineId> recount() {
        List<Job> order = jobs.values().stream()
                .flatMap(List::stream)
                .map(job -> handedOut.contains(job.operation()) ? begun(job) : job)
                .sorted(BEGUN_FIRST)
                .toList();
        Set<OperationId> open = order.stream().map(Job::operation).collect(Collectors.toSet());
        handedOut.retainAll(open);
        placed.retainAll(open);
        refused.keySet().retainAll(open);
        Rows rows = new Rows(limits, silent, refused);
        Set<MachineId> released = new HashSet<>();
        for (Job job : order) {
            if (rows.letsBegin(job) && waiting.containsKey(job.operation())) {
                released.add(job.machine());
            }
        }
        waiting = rows.kept();
        return released;
    }

    private static Job begun(Job job) {
        return new Job(
                job.operation(), job.machine(), job.host(), job.repository(), job.reading(), true, job.description());
    }
}
