package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.OperationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What has to hold of places and of those that wait for them, whoever gave them out: said of one moment, without any order of giving.
 *
 * @param jobs in the order of asking
 * @param told what a gateway was asked for already
 * @param waiting those of the jobs that have not begun
 */
record PlacesRule(JobLimits limits, List<Job> jobs, Set<OperationId> told, Set<OperationId> waiting) {
    List<String> broken() {
        List<String> broken = new ArrayList<>();
        for (Job job : jobs) {
            if (onHost(job) > limits.perHost() || inRepository(job) > limits.perRepository()) {
                broken.add("more at a time than there are places for: " + job);
            }
            if (!waits(job)) {
                if (!told.contains(job.operation())) {
                    olderThan(job)
                            .filter(older -> waits(older) && couldTakeThatOf(older, job))
                            .forEach(older -> broken.add(job + " has taken the place of " + older));
                }
            } else if (told.contains(job.operation())) {
                broken.add("taken back: " + job);
            } else if (hasRoom(job, onHost(job), inRepository(job))) {
                broken.add("a place is free in vain: " + job);
            }
        }
        return broken;
    }

    private boolean couldTakeThatOf(Job older, Job job) {
        int onHost = onHost(older) - (older.host().equals(job.host()) ? 1 : 0);
        int inRepository = inRepository(older) - (older.repository().equals(job.repository()) ? 1 : 0);
        // It may keep its host's place for the day on which its repository has one.
        boolean keeps = onHost(older) >= limits.perHost() && older.host().equals(job.host()) && !isPlaceKept(older);
        return hasRoom(older, onHost, inRepository) || (keeps && onHost < limits.perHost());
    }

    private boolean hasRoom(Job job, int onHost, int inRepository) {
        return onHost + (isPlaceKept(job) ? 1 : 0) < limits.perHost() && inRepository < limits.perRepository();
    }

    /** Whether an older one waits for its repository alone, on the same host. */
    private boolean isPlaceKept(Job job) {
        return olderThan(job)
                .anyMatch(older -> waits(older)
                        && older.host().equals(job.host())
                        && inRepository(older) >= limits.perRepository());
    }

    private Stream<Job> olderThan(Job job) {
        return jobs.stream().filter(other -> Job.ORDER.compare(other, job) < 0);
    }

    private boolean waits(Job job) {
        return waiting.contains(job.operation());
    }

    private int onHost(Job job) {
        return (int) jobs.stream()
                .filter(other -> !waits(other) && other.host().equals(job.host()))
                .count();
    }

    private int inRepository(Job job) {
        return (int) jobs.stream()
                .filter(other -> !waits(other) && other.repository().equals(job.repository()))
                .count();
    }
}
