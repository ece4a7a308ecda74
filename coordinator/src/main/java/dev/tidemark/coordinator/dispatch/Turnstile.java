package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.RepositoryOperation;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets jobs begin in the order in which they were asked for, so many at a time on each host and in each repository.
 *
 * <p>Invariants: whoever waits keeps a place in both rows, so that nobody who came later takes it, and nobody starves. Only a
 * reading that waits for another one of its machine takes no place as yet: it could do nothing with it. What a
 * gateway was asked for is not taken back. Everything follows from the logs of the machines, so that a crash loses no place; nothing of it is written
 * down.
 */
final class Turnstile {
    private static final Comparator<Job> BEGUN_FIRST =
            Comparator.comparing(Job::begun).reversed().thenComparing(Job.ORDER);

    private final JobLimits limits;
    private final Map<MachineId, List<Job>> jobs = new HashMap<>();
    private final Set<OperationId> handedOut = new HashSet<>();
    private Set<HostName> silent = Set.of();
    private Map<OperationId, Waiting> waiting = Map.of();

    Turnstile(JobLimits limits) {
        this.limits = limits;
    }

    /** Takes a machine up as it is now; gives those whose jobs may begin by that. */
    Set<MachineId> update(Machine machine) {
        List<Job> now = Job.of(machine);
        if (now.equals(jobs.getOrDefault(machine.id(), List.of()))) {
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
        return recount();
    }

    Set<HostName> silent() {
        return silent;
    }

    /** Why a job has not begun; empty if nothing keeps it. */
    Optional<Waiting> waiting(OperationId operation) {
        return Optional.ofNullable(waiting.get(operation));
    }

    /** Without what has to wait. It is for a gateway, which may begin the rest and not tell for long. */
    Desired through(Desired desired) {
        Optional<Operation> operation = desired.operation().filter(asked -> !waiting.containsKey(asked.id()));
        List<RepositoryOperation> repositoryOperations = desired.repositoryOperations().stream()
                .filter(asked -> !waiting.containsKey(asked.id()))
                .toList();
        operation.ifPresent(asked -> handedOut.add(asked.id()));
        repositoryOperations.forEach(asked -> handedOut.add(asked.id()));
        return operation.equals(desired.operation()) && repositoryOperations.equals(desired.repositoryOperations())
                ? desired
                : desired.asking(operation, repositoryOperations);
    }

    private Set<MachineId> recount() {
        List<Job> order = jobs.values().stream()
                .flatMap(List::stream)
                .map(job -> handedOut.contains(job.operation()) ? begun(job) : job)
                .sorted(BEGUN_FIRST)
                .toList();
        Map<OperationId, Waiting> kept = new HashMap<>();
        Map<Object, List<Job>> rows = new HashMap<>();
        Set<MachineId> released = new HashSet<>();
        Map<MachineId, Job> readings = new HashMap<>();
        for (Job job : order) {
            if (silent.contains(job.host())) {
                if (!job.begun()) {
                    kept.put(
                            job.operation(),
                            new Waiting("no gateway of host '" + job.host() + "' asks for anything", List.of()));
                }
                continue;
            }
            Job before = job.reading() ? readings.putIfAbsent(job.machine(), job) : null;
            if (before != null && !job.begun()) {
                kept.put(
                        job.operation(),
                        new Waiting(
                                "a vm's backups are read one after the other: " + before.description(),
                                List.of(before.operation())));
                continue;
            }
            List<Job> host = rows.computeIfAbsent(job.host(), row -> new ArrayList<>());
            List<Job> repository = rows.computeIfAbsent(job.repository(), row -> new ArrayList<>());
            if (job.begun() || (host.size() < limits.perHost() && repository.size() < limits.perRepository())) {
                if (waiting.containsKey(job.operation())) {
                    released.add(job.machine());
                }
            } else if (host.size() >= limits.perHost()) {
                kept.put(job.operation(), waiting("host '" + job.host() + "'", limits.perHost(), host));
            } else {
                kept.put(
                        job.operation(),
                        waiting("repository '" + job.repository() + "'", limits.perRepository(), repository));
            }
            host.add(job);
            repository.add(job);
        }
        handedOut.retainAll(order.stream().map(Job::operation).collect(Collectors.toSet()));
        waiting = kept;
        return released;
    }

    private static Job begun(Job job) {
        return new Job(
                job.operation(), job.machine(), job.host(), job.repository(), job.reading(), true, job.description());
    }

    private static Waiting waiting(String where, int limit, List<Job> before) {
        String first = before.stream().limit(limit).map(Job::description).collect(Collectors.joining(", "));
        int others = before.size() - limit;
        return new Waiting(
                where + " has " + limit + " at a time: " + first + (others > 0 ? "; " + others + " before it" : ""),
                before.stream().map(Job::operation).toList());
    }
}
