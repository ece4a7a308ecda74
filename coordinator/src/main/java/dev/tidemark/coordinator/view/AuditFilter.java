package dev.tidemark.coordinator.view;

import java.time.Instant;
import java.util.Optional;

/**
 * What an answer is to be about; empty means all.
 *
 * @param vm a machine's name or id
 * @param backup a backup's whole id
 * @param since not before
 * @param until before
 * @param verifiedSince for machines: not verified since then
 * @param machines only machines whose names match this expression; what is about no machine is left out then
 */
public record AuditFilter(
        Optional<String> vm,
        Optional<String> backup,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<String> caller,
        Optional<String> decision,
        Optional<Instant> verifiedSince,
        Optional<String> machines) {
    public static final AuditFilter NONE = new AuditFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
}
