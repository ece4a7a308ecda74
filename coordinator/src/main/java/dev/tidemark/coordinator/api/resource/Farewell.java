package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Caller;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.MachineSight;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.RemoveMachine;
import dev.tidemark.schema.id.BackupId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Before a machine is let go with what is pending, its running backup is ended, so that nothing of it stays in QEMU: an export
 * would serve, and a job keep what the guest overwrites, with nobody left who watches the room for it.
 */
final class Farewell {
    private static final String CALLER = "admin";
    private static final List<String> RUNNING = List.of("REQUESTED", "RUNNING", "READY");

    /** QEMU answered when it was looked at last. Below the patience of those who ask. */
    private static final Duration ANSWERING_MAX = Duration.ofSeconds(20);

    /** Nobody has looked yet, or its monitor is hung: it may answer any moment, or never. */
    private static final Duration SILENT_MAX = Duration.ofSeconds(5);

    /** After each, whether QEMU answers is asked anew. */
    private static final Duration SLICE = Duration.ofMillis(500);

    private final Engine engine;
    private final Queries queries;
    private final Operations operations;
    private final FreshIds ids;

    Farewell(Engine engine, Queries queries, Operations operations, FreshIds ids) {
        this.engine = engine;
        this.queries = queries;
        this.operations = operations;
        this.ids = ids;
    }

    /**
     * Returns when nothing is left, or nobody can be waited for: true if it was waited for in vain. What is rejected anyway ends
     * nothing.
     */
    boolean bid(RemoveMachine removal) throws Rejected {
        Optional<BackupView> running = queries.backups(removal.machine(), Optional.empty(), false).stream()
                .filter(backup -> RUNNING.contains(backup.state()))
                .findFirst();
        if (running.isEmpty() || engine.sight(removal.machine()).state() == MachineSight.State.DOWN) {
            return false;
        }
        engine.dryRun(removal);
        AbortBackup abort = new AbortBackup(
                removal.machine(), ids.operation(), new BackupId(running.get().id()), ids.now());
        try {
            engine.submit(abort, new Caller(CALLER, Optional.empty()));
            return !awaitEnd(abort);
        } catch (Rejected endedMeanwhile) {
            // Then there is nothing to end.
            return false;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean awaitEnd(AbortBackup abort) throws InterruptedException {
        long begin = System.nanoTime();
        boolean ended = false;
        boolean waits = true;
        while (waits) {
            ended = operations
                    .await(abort.operation(), SLICE)
                    .map(seen -> seen.state().ended())
                    .orElse(true);
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            waits = !ended
                    && waited.compareTo(
                                    switch (engine.sight(abort.machine()).state()) {
                                        case UP -> ANSWERING_MAX;
                                        case UNKNOWN -> SILENT_MAX;
                                        case DOWN -> Duration.ZERO;
                                    })
                            < 0;
        }
        return ended;
    }
}
