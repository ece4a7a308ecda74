package dev.tidemark.coordinator.api.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.view.ProgressView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.id.OperationId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far everything is that is under way: looked up about once a second, however many streams ask. */
final class ProgressBoard {
    private static final long FRESH_NANOSECONDS = 900_000_000L;

    private final Engine engine;
    private final Queries queries;
    private final Map<OperationId, String> machines = new HashMap<>();
    private List<Entry> entries = List.of();
    private long lookedAt;
    private boolean looked;

    ProgressBoard(Engine engine, Queries queries) {
        this.engine = engine;
        this.queries = queries;
    }

    /** One operation under way. */
    record Entry(Progress step, Told told) {}

    /** What a reader is told of it. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Told(
            @Nullable String vm,
            String vmId,
            String operation,
            String phase,
            long bytesDone,
            long bytesTotal,
            @Nullable Long bytesPerSecond,
            @Nullable Long secondsLeft,
            @Nullable Instant stalledSince,
            @Nullable String awaits) {}

    synchronized List<Entry> entries() {
        long now = System.nanoTime();
        if (!looked || now - lookedAt > FRESH_NANOSECONDS) {
            List<JobSight> jobs = engine.jobs();
            Map<OperationId, String> known = new HashMap<>(machines);
            machines.clear();
            List<Entry> found = new ArrayList<>();
            for (JobSight job : jobs) {
                job.progress().ifPresent(step -> {
                    String vm = known.containsKey(step.operation()) ? known.get(step.operation()) : name(step);
                    if (vm != null) {
                        machines.put(step.operation(), vm);
                    }
                    found.add(new Entry(step, told(job, step, vm)));
                });
            }
            entries = List.copyOf(found);
            lookedAt = now;
            looked = true;
        }
        return entries;
    }

    private @Nullable String name(Progress step) {
        return queries.find(step.machine().value())
                .map(machine -> machine.name().value())
                .orElse(null);
    }

    private static Told told(JobSight job, Progress step, @Nullable String vm) {
        ProgressView view = job.shown().orElseThrow();
        return new Told(
                vm,
                step.machine().value(),
                step.operation().value(),
                view.phase(),
                view.bytesDone(),
                view.bytesTotal(),
                view.bytesPerSecond(),
                view.secondsLeft(),
                view.stalledSince(),
                view.awaits());
    }
}
