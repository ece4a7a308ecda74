package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.DamagedDisk;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/** One layer read from end to end: what speaks against it, and which file exactly that was. */
record LayerReading(Layer layer, Optional<Layer.Stamp> stamp, Optional<DamagedDisk> damage) {
    static LayerReading of(Layer layer, LongConsumer bytesRead) throws InterruptedException {
        Optional<DamagedDisk> visible = layer.fault();
        if (visible.isPresent()) {
            return new LayerReading(layer, Optional.empty(), visible);
        }
        try {
            // Before it is read: a change while it is read must not go unseen.
            return of(layer, layer.stamp(), FileDigest::ofMedium, bytesRead);
        } catch (IOException fault) {
            return unreadable(layer, fault);
        }
    }

    /**
     * A layer that somebody copies from at the same time, so that it is read from the disk once for both. {@code stamp} is from before anybody else began to use the layer for what the reading is to prove. */
    static LayerReading of(Layer layer, Layer.Stamp stamp, LongConsumer bytesRead) throws InterruptedException {
        return of(layer, stamp, FileDigest::of, bytesRead);
    }

    private interface Digesting {
        FileDigest of(Path file, LongConsumer bytesRead) throws IOException, InterruptedException;
    }

    private static LayerReading of(Layer layer, Layer.Stamp stamp, Digesting digesting, LongConsumer bytesRead)
            throws InterruptedException {
        try {
            FileDigest digest = digesting.of(layer.file(), bytesRead);
            Optional<DamagedDisk> damage = Optional.empty();
            if (digest.length() != layer.stored().fileSize()
                    || !digest.sha256().equals(layer.stored().sha256())) {
                damage = Optional.of(layer.damaged("its content is not that of the backup: sha256 is " + digest.sha256()
                        + ", in the manifest " + layer.stored().sha256()));
            }
            return new LayerReading(layer, Optional.of(stamp), damage);
        } catch (ClosedByInterruptException interrupted) {
            throw Interruption.of(interrupted);
        } catch (IOException fault) {
            return unreadable(layer, fault);
        }
    }

    private static LayerReading unreadable(Layer layer, IOException fault) {
        return new LayerReading(
                layer, Optional.empty(), Optional.of(layer.damaged("cannot be read: " + FileFault.describe(fault))));
    }

    /** Whether the file was touched since it was read; what was concluded from it holds only if not. */
    Optional<DamagedDisk> changedSince() {
        try {
            if (stamp.isPresent() && stamp.get().equals(layer.stamp())) {
                return Optional.empty();
            }
            return Optional.of(layer.damaged("was changed while it was in use"));
        } catch (IOException fault) {
            return Optional.of(layer.damaged("was changed while it was in use: " + FileFault.describe(fault)));
        }
    }
}
