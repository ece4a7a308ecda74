package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Terminal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Waits for an operation by long polls. Only monotonic time counts. A coordinator that goes away is given time to come
 * back: the operation is in its log. An outcome that stays UNKNOWN is given up on, because a stopped machine may never
 * tell.
 */
final class OperationWait {
    private static final Duration OUTAGE_PATIENCE = Duration.ofSeconds(60);
    private static final Duration UNKNOWN_PATIENCE = Duration.ofSeconds(60);
    private static final long OUTAGE_PAUSE_MILLISECONDS = 500;
    private static final long LIVELY_POLL_SECONDS = 1;
    private static final long PLAIN_POLL_SECONDS = 10;

    private final Coordinator coordinator;
    private final Terminal terminal;

    OperationWait(Coordinator coordinator, Terminal terminal) {
        this.coordinator = coordinator;
        this.terminal = terminal;
    }

    /** The last sight of an operation, ended or not. */
    record Sight(JsonNode operation, boolean ended) {}

    Sight await(JsonNode accepted, @Nullable Integer timeoutSeconds) {
        long start = System.nanoTime();
        long unknownSince = start;
        JsonNode operation = accepted;
        ProgressLine progress = new ProgressLine(terminal, start);
        try {
            while (true) {
                long now = System.nanoTime();
                if (ended(operation)) {
                    return new Sight(operation, true);
                }
                boolean unknown = operation.path("state").asString("").equals("UNKNOWN");
                unknownSince = unknown ? unknownSince : now;
                boolean timedOut = timeoutSeconds != null && now - start >= timeoutSeconds * 1_000_000_000L;
                if (timedOut || (unknown && now - unknownSince >= UNKNOWN_PATIENCE.toNanos())) {
                    return new Sight(operation, false);
                }
                progress.seen(operation, now);
                operation = polled(operation, pollSeconds(start, now, timeoutSeconds));
            }
        } finally {
            progress.end();
        }
    }

    private static boolean ended(JsonNode operation) {
        String state = operation.path("state").asString("");
        return state.equals("DONE") || state.equals("FAILED");
    }

    private long pollSeconds(long start, long now, @Nullable Integer timeoutSeconds) {
        long usual = terminal.livelyNotes() ? LIVELY_POLL_SECONDS : PLAIN_POLL_SECONDS;
        if (timeoutSeconds == null) {
            return usual;
        }
        long leftNanoseconds = timeoutSeconds * 1_000_000_000L - (now - start);
        return Math.clamp((leftNanoseconds + 999_999_999L) / 1_000_000_000L, 0, usual);
    }

    private JsonNode polled(JsonNode operation, long seconds) {
        String id = operation.path("id").asString("");
        RequestPath path = RequestPath.v1("operations", id).with("wait", Long.toString(seconds));
        long outageStart = System.nanoTime();
        boolean told = false;
        while (true) {
            try {
                return coordinator.get(path, Duration.ofSeconds(seconds));
            } catch (Failure failure) {
                if (failure.exitCode() != ExitCode.UNAVAILABLE) {
                    throw failure;
                }
                if (Thread.currentThread().isInterrupted()
                        || System.nanoTime() - outageStart >= OUTAGE_PATIENCE.toNanos()) {
                    throw lost(operation, failure);
                }
                if (!told) {
                    terminal.note("the coordinator does not answer; waiting for it to come back");
                    told = true;
                }
            }
            pause();
        }
    }

    private static Failure lost(JsonNode operation, Failure cause) {
        Failure lost = Failure.local(
                ExitCode.UNKNOWN,
                "OUTCOME_UNKNOWN",
                "the coordinator went away while operation "
                        + operation.path("id").asString("") + " was running: " + cause.detail(),
                "when it is back: " + String.join(", or ", OperationHints.commands(operation)));
        lost.initCause(cause);
        return lost;
    }

    private static void pause() {
        try {
            Thread.sleep(OUTAGE_PAUSE_MILLISECONDS);
        } catch (InterruptedException interrupted) {
            // The next look at the flag ends the wait.
            Thread.currentThread().interrupt();
        }
    }
}
