package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One thing asked for, from intent to outcome. {@code result} is what a finished restore or verification has to tell. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record OperationView(
        String id,
        String vm,
        String vmId,
        OperationKind kind,
        OperationState state,
        @Nullable String code,
        @Nullable String error,
        @Nullable String remedy,
        String target,
        @Nullable ProgressView progress,
        Instant startedAt,
        @Nullable Instant endedAt,
        int events,
        @Nullable String caller,
        @Nullable JsonNode result) {
    /** How far it is; never from the log. */
    public record ProgressView(String phase, long bytesDone, long bytesTotal) {}

    /** The same operation, seen at work. */
    public OperationView at(ProgressView seen) {
        OperationState now = state == OperationState.PENDING ? OperationState.RUNNING : state;
        return new OperationView(
                id, vm, vmId, kind, now, code, error, remedy, target, seen, startedAt, endedAt, events, caller, result);
    }

    /** The same operation, given up for now: it may still come to its end later, and then it will show that. */
    public OperationView stuck(String stuckCode, String why, String stuckRemedy) {
        return new OperationView(
                id,
                vm,
                vmId,
                kind,
                OperationState.FAILED,
                stuckCode,
                why,
                stuckRemedy,
                target,
                progress,
                startedAt,
                endedAt,
                events,
                caller,
                result);
    }
}
