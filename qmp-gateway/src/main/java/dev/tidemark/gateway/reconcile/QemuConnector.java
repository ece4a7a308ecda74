package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpEvent;
import dev.tidemark.gateway.qmp.QmpException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The way to a QEMU. */
public interface QemuConnector {
    /**
     * Opens the only session there is on this socket.
     *
     * @param onEvent is called with what QEMU says happens, on another thread
     * @param onEnd is called once the session has ended, on another thread
     */
    Qemu open(Path socket, Consumer<QmpEvent> onEvent, Runnable onEnd) throws QmpException, UnusableReply;
}
