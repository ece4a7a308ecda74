package dev.tidemark.coordinator.api.stream;

import dev.tidemark.coordinator.view.LogFilter;
import dev.tidemark.schema.contract.Progress;

/** What a reader wants to hear. */
public record Wish(LogFilter events, boolean progress) {
    boolean concerns(Progress step) {
        return progress
                && events.machine().map(step.machine()::equals).orElse(true)
                && events.operation().map(step.operation()::equals).orElse(true);
    }
}
