package dev.tidemark.gateway.lease;

import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpEvent;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.reconcile.Qemu;
import dev.tidemark.gateway.reconcile.QemuConnector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Opens sessions under one term only: QEMU serves one client at a time, and a session of a gateway that was fenced would keep out the
 * one that has the host.
 */
public record LeasedConnector(QemuConnector connector, Term term) implements QemuConnector {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public Qemu open(Path socket, Consumer<QmpEvent> onEvent, Runnable onEnd) throws QmpException, UnusableReply {
        try {
            // A coordinator that restarts is back in a moment; until then nothing could be told anyway.
            boolean _ = term.awaitHeld(PATIENCE);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        term.requireForQemu();
        return new LeasedQemu(connector.open(socket, onEvent, onEnd), term);
    }
}
