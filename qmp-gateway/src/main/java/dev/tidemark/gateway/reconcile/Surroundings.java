package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.repository.Repositories;
import dev.tidemark.gateway.act.repository.RepositoryWorker;
import dev.tidemark.gateway.crash.CrashHook;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.schema.contract.CoordinatorLink;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What every reconciler of a host shares. A transaction drains all I/O first (qemu-facts §0.8), so its time-out is generous;
 * {@code lookInterval} is how long a machine is left alone when nothing happens.
 */
public record Surroundings(
        CoordinatorLink link,
        Repositories repositories,
        RepositoryWorker worker,
        Path lockDirectory,
        QmpLimits limits,
        Duration queryTimeout,
        Duration transactionTimeout,
        Duration lookInterval,
        CrashHook crash) {}
