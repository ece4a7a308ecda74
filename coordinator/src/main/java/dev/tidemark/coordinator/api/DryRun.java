package dev.tidemark.coordinator.api;

import dev.tidemark.schema.event.MachineEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a command would do. {@code transaction} is the QMP command that would be sent to QEMU, null if none; the
 * explanation is for people, a line each.
 */
public record DryRun(List<MachineEvent> events, @Nullable JsonNode transaction, List<String> explanation) {
    public DryRun {
        events = List.copyOf(events);
        explanation = List.copyOf(explanation);
    }
}
