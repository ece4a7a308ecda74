package dev.tidemark.coordinator.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A QMP socket before a real QEMU's. Once, when told to, it breaks at the transaction: before QEMU got it, or before its answer. */
final class LossyWire implements AutoCloseable {
    /** Where the next transaction breaks. */
    enum Loss {
        NONE,
        COMMAND,
        REPLY
    }

    private final Path qemu;
    private final Path socket;
    private final ServerSocketChannel listening;
    private final AtomicReference<Loss> next = new AtomicReference<>(Loss.NONE);
    private volatile Runnable meanwhile = () -> {};
    private final AtomicInteger transactions = new AtomicInteger();
    private final AtomicInteger merges = new AtomicInteger();

    LossyWire(Path qemu, Path socket) {
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

    void loseNext(Loss loss) {
        next.set(loss);
    }

    /** The answer is lost, and before anybody can look again, somebody else has acted. */
    void loseReplyAfter(Runnable stranger) {
        meanwhile = stranger;
        next.set(Loss.REPLY);
    }

    /** Transactions that reached QEMU. */
    int transactions() {
        return transactions.get();
    }

    /** Those of them that merge one bitmap into another. */
    int merges() {
        return merges.get();
    }

    boolean isBroken() {
        return next.get() == Loss.NONE;
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(qemu));
                AtomicBoolean deaf = new AtomicBoolean();
                pump(client, server, deaf, true);
                pump(server, client, deaf, false);
            }
        } catch (IOException closed) {
            // The end of the test, or QEMU is down: then the wire is of no use either.
            close();
        }
    }

    private void pump(SocketChannel from, SocketChannel to, AtomicBoolean deaf, boolean commands) {
        Thread.ofPlatform().daemon().start(() -> {
            try (from;
                    to) {
                BufferedReader lines = new BufferedReader(Channels.newReader(from, StandardCharsets.UTF_8));
                String line = lines.readLine();
                while (line != null && (commands ? passesCommand(line, deaf) : passesAnswer(line, deaf))) {
                    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) {
                        to.write(bytes);
                    }
                    line = lines.readLine();
                }
            } catch (IOException broken) {
                // One side hung up: both are closed.
                return;
            }
        });
    }

    private boolean passesCommand(String line, AtomicBoolean deaf) {
        if (!Transactions.isOperation(line)) {
            return true;
        }
        Loss loss = next.getAndSet(Loss.NONE);
        deaf.set(loss == Loss.REPLY);
        if (loss != Loss.COMMAND) {
            transactions.incrementAndGet();
            if (line.contains("block-dirty-bitmap-merge")) {
                merges.incrementAndGet();
            }
        }
        return loss != Loss.COMMAND;
    }

    /** QEMU answers a transaction after its effect, so a withheld answer is one that came too late. */
    private boolean passesAnswer(String line, AtomicBoolean deaf) {
        boolean lost = deaf.get() && (line.contains("\"return\"") || line.contains("\"error\""));
        if (lost) {
            Runnable stranger = meanwhile;
            meanwhile = () -> {};
            stranger.run();
        }
        return !lost;
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
