package dev.tidemark.coordinator.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One thing asked for, from intent to outcome. {@code waitsFor} says why it has not begun; {@code result} is what a finished restore or verification has to tell. */
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
        @Nullable String waitsFor,
        Instant startedAt,
        @Nullable Instant endedAt,
        int events,
        @Nullable String caller,
        @Nullable JsonNode result) {
    /** The same operation, seen at work. */
    public OperationView at(ProgressView seen) {
        OperationState now = state == OperationState.PENDING ? OperationState.RUNNING : state;
        return new OperationView(
                id, vm, vmId, kind, now, code, error, remedy, target, seen, null, startedAt, endedAt, events, caller,
                result);
    }

    /** The same operation, which has not begun because others are before it. */
    public OperationView waitingFor(String reason) {
        return new OperationView(
                id, vm, vmId, kind, state, code, error, remedy, target, null, reason, startedAt, endedAt, events,
                caller, result);
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
                waitsFor,
                startedAt,
                endedAt,
                events,
                caller,
                result);
    }
}
