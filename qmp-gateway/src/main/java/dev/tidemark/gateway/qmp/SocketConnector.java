package dev.tidemark.gateway.qmp;

import dev.tidemark.gateway.qmp.QmpUnavailable.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * connect(2) with a time-out, to nobody but {@link PeerUsers}: not a byte is read from or said to anybody else.
 *
 * <p>On a platform thread and blocking, knowingly: with QEMU's queue of clients full, a blocking connect waits and a
 * non-blocking one answers EAGAIN, which Java then takes for a connection in progress (qemu-facts §1).
 */
final class SocketConnector {

    private SocketConnector() {}

    /** A channel, and the name of whoever listens at its other end. */
    record Connected(SocketChannel channel, String user) {}

    static Connected connect(SocketLocation location, PeerUsers peers, Deadline deadline) throws QmpUnavailable {
        Path path = location.connectable();
        SocketChannel channel = open();
        boolean connected = false;
        try {
            await(start(channel, path), path, deadline);
            String user = peers.require(channel, location.given()).getName();
            connected = true;
            return new Connected(channel, user);
        } finally {
            if (!connected) {
                closeQuietly(channel);
            }
        }
    }

    static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyBroken) {
            // A channel that fails to close is closed all the same: close(2) gives the descriptor back on every error.
        }
    }

    private static SocketChannel open() throws QmpUnavailable {
        try {
            return SocketChannel.open(StandardProtocolFamily.UNIX);
        } catch (IOException failure) {
            throw new QmpUnavailable(Reason.INACCESSIBLE, "no unix-domain socket can be made: " + failure.getMessage());
        }
    }

    private static CompletableFuture<Path> start(SocketChannel channel, Path path) {
        CompletableFuture<Path> connected = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("qmp-connect " + path).start(() -> {
            try {
                channel.connect(UnixDomainSocketAddress.of(path));
                connected.complete(path);
            } catch (IOException | RuntimeException failure) {
                connected.completeExceptionally(failure);
            }
        });
        return connected;
    }

    private static void await(CompletableFuture<Path> connected, Path path, Deadline deadline) throws QmpUnavailable {
        try {
            connected.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException full) {
            throw new QmpUnavailable(
                    Reason.NO_GREETING, path + ": connect did not return in time, other clients are queued");
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            // Java turns ECONNREFUSED, and no refusal of access, into a ConnectException.
            Reason reason = cause instanceof ConnectException ? Reason.REFUSED : Reason.INACCESSIBLE;
            throw new QmpUnavailable(reason, path + " cannot be connected to: " + cause.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new QmpUnavailable(Reason.INACCESSIBLE, path + ": interrupted while connecting");
        }
    }
}
