package dev.tidemark.coordinator.dispatch;

import dev.tidemark.schema.id.OperationId;
import java.util.List;

/**
 * Why a job has not begun.
 *
 * @param reason in words, with the limit and the jobs that reach it
 * @param jobs operations that have a part in it: those that have the places, then those that wait before it
 */
public record Waiting(String reason, List<OperationId> jobs) {
    public Waiting {
        jobs = List.copyOf(jobs);
    }
}
