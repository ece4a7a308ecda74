package dev.tidemark.gateway.qmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Writes commands one after the other on a thread of its own.
 *
 * <p>Why not on the caller's: QEMU reads slowly, a stopped QEMU not at all, so that a write blocks for as long as it
 * likes, while the caller was promised a time-out; and Java closes a channel under a thread that is interrupted.
 */
final class CommandWriter implements Runnable {

    private final WritableByteChannel channel;
    private final PendingCommands pending;
    private final Consumer<IOException> onFailure;
    private final LinkedBlockingQueue<PendingCommand> queue = new LinkedBlockingQueue<>();

    CommandWriter(WritableByteChannel channel, PendingCommands pending, Consumer<IOException> onFailure) {
        this.channel = channel;
        this.pending = pending;
        this.onFailure = onFailure;
    }

    void enqueue(PendingCommand command) {
        queue.add(command);
    }

    @Override
    public void run() {
        try {
            while (true) {
                PendingCommand command = queue.take();
                if (pending.beginSending(command)) {
                    ByteBuffer bytes = ByteBuffer.wrap(command.bytes);
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                }
            }
        } catch (IOException failure) {
            onFailure.accept(failure);
        } catch (InterruptedException sessionEnded) {
            Thread.currentThread().interrupt();
        }
    }
}
