package dev.tidemark.gateway.reconcile;

import dev.tidemark.schema.contract.CoordinatorLink;
import dev.tidemark.schema.crash.CrashHook;
import java.time.Duration;

/**
 * What every reconciler of a host shares: all that it can reach. {@code lookInterval} is how long a machine is left alone when
 * nothing happens.
 */
public record Surroundings(
        CoordinatorLink link,
        QemuConnector connector,
        Storage storage,
        Clockwork clockwork,
        Duration lookInterval,
        CrashHook crash) {}
