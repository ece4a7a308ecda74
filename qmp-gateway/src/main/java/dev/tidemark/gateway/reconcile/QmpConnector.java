package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.PeerProcess;
import dev.tidemark.gateway.qmp.PeerUsers;
import dev.tidemark.gateway.qmp.QmpEvent;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpLimits;
import dev.tidemark.gateway.qmp.QmpSession;
import dev.tidemark.gateway.qmp.QmpWatch;
import dev.tidemark.gateway.qmp.ReachablePlaces;
import dev.tidemark.gateway.qmp.SocketGuard;
import dev.tidemark.gateway.watch.ImageWatches;
import dev.tidemark.schema.crash.CrashHook;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** By QMP. A transaction drains all I/O first (qemu-facts §0.8), so its time-out is generous. */
public record QmpConnector(
        Path lockDirectory,
        QmpLimits limits,
        PeerUsers peers,
        ReachablePlaces places,
        Duration queryTimeout,
        Duration transactionTimeout,
        CrashHook crash,
        ImageWatches images,
        QmpWatch watch)
        implements QemuConnector {
    private static final Logger LOG = LoggerFactory.getLogger(QmpConnector.class);

    @Override
    public Qemu open(Path socket, Consumer<QmpEvent> onEvent, Runnable onEnd) throws QmpException, UnusableReply {
        QmpSession session = QmpSession.open(socket, lockDirectory, limits, peers, places, onEvent, watch);
        boolean opened = false;
        try {
            LOG.info(
                    "{}: QEMU {} of user {}, process {}",
                    socket,
                    session.identity().version(),
                    session.identity().user(),
                    session.identity()
                            .process()
                            .map(PeerProcess::pid)
                            .map(String::valueOf)
                            .orElse("unknown"));
            SocketGuard.openings(socket).forEach(opening -> LOG.warn("{}: {}", socket, opening));
            session.ended().thenRun(onEnd);
            Qemu qemu = QmpQemu.on(session, this, images.of(socket));
            opened = true;
            return qemu;
        } finally {
            if (!opened) {
                session.close();
            }
        }
    }
}
