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
import java.util.stream.Stream;

/**
 * Lets jobs begin in the order in which they were asked for, so many at a time on each host and in each repository.
 *
 * <p>Invariants: nobody takes a repository's place before its host has room for it, so that the many of one host keep no other host
 * from their repository. Of those that have room, whoever came first is first. Of a host's jobs that wait for their repository the first
 * keeps a place of the host meanwhile: else two rows that are never free at once could pass it over for ever. A reading that waits for
 * another one of its machine takes no place as yet: it could do nothing with it. What a gateway was asked for is not taken back, nor what
 * tells of its progress. All else follows from the logs of the machines, so that a crash loses no place; nothing of it is written down.
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

    /** How many have not begun because something keeps them. */
    int waiting() {
        return waiting.size();
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
        Map<OperationId, Waiting> kept = new HashMap<>();
        Map<Object, List<Job>> places = new HashMap<>();
        Map<Object, List<Job>> queues = new HashMap<>();
        Set<HostName> keepPlace = new HashSet<>();
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
            List<Job> host = places.computeIfAbsent(job.host(), row -> new ArrayList<>());
            List<Job> repository = places.computeIfAbsent(job.repository(), row -> new ArrayList<>());
            if (job.begun() || (host.size() < limits.perHost() && repository.size() < limits.perRepository())) {
                if (waiting.containsKey(job.operation())) {
                    released.add(job.machine());
                }
                host.add(job);
                repository.add(job);
            } else if (host.size() >= limits.perHost()) {
                List<Job> queue = queues.computeIfAbsent(job.host(), row -> new ArrayList<>());
                kept.put(job.operation(), waiting("host '" + job.host() + "'", limits.perHost(), host, queue));
                queue.add(job);
            } else {
                List<Job> queue = queues.computeIfAbsent(job.repository(), row -> new ArrayList<>());
                kept.put(
                        job.operation(),
                        waiting("repository '" + job.repository() + "'", limits.perRepository(), repository, queue));
                queue.add(job);
                if (keepPlace.add(job.host())) {
                    host.add(job);
                }
            }
        }
        handedOut.retainAll(order.stream().map(Job::operation).collect(Collectors.toSet()));
        waiting = kept;
        return released;
    }

    private static Job begun(Job job) {
        return new Job(
                job.operation(), job.machine(), job.host(), job.repository(), job.reading(), true, job.description());
    }

    private static Waiting waiting(String where, int limit, List<Job> places, List<Job> queue) {
        String first = places.stream().limit(limit).map(Job::description).collect(Collectors.joining(", "));
        int others = places.size() - limit + queue.size();
        return new Waiting(
                where + " has " + limit + " at a time: " + first + (others > 0 ? "; " + others + " before it" : ""),
                Stream.concat(places.stream(), queue.stream())
                        .map(Job::operation)
                        .toList());
    }
}
