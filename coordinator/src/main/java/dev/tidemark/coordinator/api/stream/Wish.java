package dev.tidemark.coordinator.api.stream;

import dev.tidemark.coordinator.security.Confidential;
import dev.tidemark.coordinator.security.Identity;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.view.LogFilter;
import dev.tidemark.coordinator.view.LoggedEvent;
import dev.tidemark.schema.contract.Progress;
import org.jspecify.annotations.Nullable;

/** What a reader wants to hear, and may. */
public record Wish(LogFilter events, boolean progress, Identity caller) {
    /** The event as the reader may know it. */
    LoggedEvent told(LoggedEvent event) {
        return caller.may(Permission.DATA) ? event : event.with(Confidential.blank(event.data()));
    }

    boolean concerns(Progress step, @Nullable String machine) {
        return progress
                && (caller.scope().isAll() || (machine != null && caller.reaches(step.machine(), machine)))
                && events.machine().map(step.machine()::equals).orElse(true)
                && events.operation().map(step.operation()::equals).orElse(true);
    }
}
