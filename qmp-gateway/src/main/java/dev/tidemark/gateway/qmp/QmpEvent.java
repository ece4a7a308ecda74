package dev.tidemark.gateway.qmp;

import tools.jackson.databind.JsonNode;

/**
 * Something QEMU says happened. A hint to look, never evidence: events are not buffered over a disconnect, some are
 * rate limited (qemu-facts §1), and a slow consumer loses the oldest.
 *
 * @param name for example {@code JOB_STATUS_CHANGE}
 * @param data the event's own members; an empty object if QEMU sent none
 * @param seconds of the host's wall clock since 1970; -1 if QEMU could not read it
 * @param microseconds within that second; -1 if QEMU could not read it
 */
public record QmpEvent(String name, JsonNode data, long seconds, long microseconds) implements QmpMessage {}
