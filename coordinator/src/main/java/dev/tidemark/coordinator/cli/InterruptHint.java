package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.show.Terminal;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a person who presses Ctrl-C is told: how to go on. Said by a shutdown hook, so that the process still dies of its
 * signal and the shell sees 130.
 */
final class InterruptHint implements AutoCloseable {
    private final Thread hook;

    InterruptHint(Terminal terminal, List<String> lines) {
        this(terminal, () -> lines);
    }

    /** @param lines asked for when the signal has come */
    InterruptHint(Terminal terminal, Supplier<List<String>> lines) {
        hook = new Thread(
                () -> {
                    if (terminal.livelyNotes()) {
                        terminal.noteRaw("\n");
                    }
                    lines.get().forEach(terminal::note);
                },
                "interrupt-hint");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyDying) {
            // The signal came first: let the hint be the last word, not a result that may be half written.
            awaitDeath();
        }
    }

    private static void awaitDeath() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
