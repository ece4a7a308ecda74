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
 * @param caller as the log calls them; {@code *} stands for anything
 * @param decision of acts
 * @param outcome of acts: that of their operation
 * @param what of acts: what it does, its route or what it names, in any case of letters; {@code *} stands for anything
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
        Optional<String> outcome,
        Optional<String> what,
        Optional<Instant> verifiedSince,
        Optional<String> machines) {}
