package dev.tidemark.coordinator.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A QMP socket before a real QEMU's. Once, when told to, it lets a transaction through to a QEMU that has just been stopped,
 * and keeps the connection when the client has given up: when QEMU goes on, it executes what nobody waits for any more.
 */
final class LateWire implements AutoCloseable {
    private final Path qemu;
    private final Path socket;
    private final ServerSocketChannel listening;
    private final AtomicReference<Optional<Runnable>> stop = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<SocketChannel>> held = new AtomicReference<>(Optional.empty());

    LateWire(Path qemu, Path socket) {
        this.qemu = qemu;
        this.socket = socket;
        try {
            listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listening.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread.ofPlatform().daemon().name("wire " + socket).start(this::accept);
    }

    Path socket() {
        return socket;
    }

    /** The next transaction reaches a QEMU that this has stopped. */
    void holdNext(Runnable stopQemu) {
        stop.set(Optional.of(stopQemu));
    }

    boolean holds() {
        return held.get().isPresent();
    }

    /** The connection on which the transaction lies ends, and QEMU has a place for others. */
    void release() {
        held.getAndSet(Optional.empty()).ifPresent(LateWire::close);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(qemu));
                Thread.ofPlatform().daemon().start(() -> commands(client, server));
                Thread.ofPlatform().daemon().start(() -> answers(server, client));
            }
        } catch (IOException closed) {
            // The end of the test.
            close(listening);
        }
    }

    private void commands(SocketChannel client, SocketChannel server) {
        try {
            BufferedReader lines = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null) {
                if (Transactions.isOperation(line)) {
                    stop.getAndSet(Optional.empty()).ifPresent(stopping -> {
                        stopping.run();
                        held.set(Optional.of(server));
                    });
                }
                send(server, line);
                line = lines.readLine();
            }
        } catch (IOException broken) {
            // One side hung up: judged below.
            close(client);
        }
        end(client, server);
    }

    private void answers(SocketChannel server, SocketChannel client) {
        try {
            BufferedReader lines = new BufferedReader(Channels.newReader(server, StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null) {
                send(client, line);
                line = lines.readLine();
            }
        } catch (IOException broken) {
            // One side hung up: judged below.
            close(client);
        }
        end(client, server);
    }

    private void end(SocketChannel client, SocketChannel server) {
        close(client);
        if (!held.get().equals(Optional.of(server))) {
            close(server);
        }
    }

    private static void send(SocketChannel to, String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        release();
        close(listening);
    }
}
