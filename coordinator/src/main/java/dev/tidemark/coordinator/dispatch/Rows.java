package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One count of all jobs: each stands, in its turn, in the row of its host and in that of its repository. */
final class Rows {
    private final JobLimits limits;
    private final Set<HostName> silent;
    private final Map<OperationId, Places.Refusal> refused;
    private final Map<OperationId, Waiting> kept = new HashMap<>();
    private final Map<Object, List<Job>> places = new HashMap<>();
    private final Map<Object, List<Job>> queues = new HashMap<>();
    private final Map<Object, Places.Refusal> full = new HashMap<>();
    private final Set<HostName> keepPlace = new HashSet<>();
    private final Map<MachineId, Job> readings = new HashMap<>();

    /**
     * Empty rows.
     *
     * @param silent hosts that nobody speaks for
     * @param refused of which it is known that there is no place for them
     */
    Rows(JobLimits limits, Set<HostName> silent, Map<OperationId, Places.Refusal> refused) {
        this.limits = limits;
        this.silent = silent;
        this.refused = refused;
    }

    /** Why each of those that may not begin is kept. */
    Map<OperationId, Waiting> kept() {
        return Map.copyOf(kept);
    }

    /** Whether the next one may begin. Of a silent host none may, nor does what has begun there take a place from anybody. */
    boolean letsBegin(Job job) {
        if (silent.contains(job.host())) {
            if (!job.begun()) {
                keep(job, new Waiting("no gateway of host '" + job.host() + "' asks for anything", List.of()));
            }
            return false;
        }
        Job before = job.reading() ? readings.putIfAbsent(job.machine(), job) : null;
        if (before != null && !job.begun()) {
            keep(
                    job,
                    new Waiting(
                            "a vm's backups are read one after the other: " + before.description(),
                            List.of(before.operation())));
            return false;
        }
        Places.Refusal refusal = job.begun() ? null : refused.get(job.operation());
        if (refusal != null) {
            // Nor for anybody behind it.
            full.putIfAbsent(refusal.host() ? job.host() : job.repository(), refusal);
        }
        if (job.begun()
                || (hasRoom(job.host(), limits.perHost()) && hasRoom(job.repository(), limits.perRepository()))) {
            placesOf(job.host()).add(job);
            placesOf(job.repository()).add(job);
            return true;
        }
        if (!hasRoom(job.host(), limits.perHost())) {
            standInRow(job, job.host(), "host '" + job.host() + "'", limits.perHost());
        } else {
            standInRow(job, job.repository(), "repository '" + job.repository() + "'", limits.perRepository());
            if (keepPlace.add(job.host())) {
                placesOf(job.host()).add(job);
            }
        }
        return false;
    }

    private void keep(Job job, Waiting why) {
        kept.put(job.operation(), why);
    }

    private List<Job> placesOf(Object row) {
        return places.computeIfAbsent(row, none -> new ArrayList<>());
    }

    private boolean hasRoom(Object row, int limit) {
        return !full.containsKey(row) && placesOf(row).size() < limit;
    }

    private void standInRow(Job job, Object row, String where, int limit) {
        List<Job> queue = queues.computeIfAbsent(row, none -> new ArrayList<>());
        keep(job, waiting(where + " has " + limit + " at a time: ", limit, placesOf(row), queue, full.get(row)));
        queue.add(job);
    }

    /** The jobs that have the places are those that were counted elsewhere, if all the places are not among the known ones. */
    private static Waiting waiting(
            String where, int limit, List<Job> places, List<Job> queue, Places.@Nullable Refusal elsewhere) {
        List<String> descriptions = places.stream().map(Job::description).toList();
        List<OperationId> holders = places.stream().map(Job::operation).toList();
        if (elsewhere != null && places.size() < limit) {
            descriptions =
                    elsewhere.holders().stream().map(Places.Holder::description).toList();
            holders = elsewhere.holders().stream().map(Places.Holder::operation).toList();
        }
        int others = Math.max(0, descriptions.size() - limit) + queue.size();
        return new Waiting(
                where
                        + descriptions.stream().limit(limit).collect(Collectors.joining(", "))
                        + (others > 0 ? "; " + others + " before it" : ""),
                Stream.concat(holders.stream(), queue.stream().map(Job::operation))
                        .toList());
    }
}
