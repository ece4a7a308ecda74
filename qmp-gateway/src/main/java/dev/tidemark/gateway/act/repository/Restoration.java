package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes disks as they were at a backup. What the manifests say is compared with the log, every byte of every layer with its manifest,
 * every header must name the layer that the manifest names (so that qemu-img follows no other path), and at the end no layer may have
 * been touched since it was compared.
 */
final class Restoration {
    private static final String PHASE = "restore";

    private final RepositoryTree tree;
    private final QemuImage images;
    private final KeyRing keys;
    private final MachineId machine;
    private final RestoreOperation operation;
    private final RestoreDirectory target;

    Restoration(
            RepositoryTree tree,
            QemuImage images,
            KeyRing keys,
            MachineId machine,
            RestoreOperation operation,
            RestoreDirectory target) {
        this.tree = tree;
        this.images = images;
        this.keys = keys;
        this.machine = machine;
        this.operation = operation;
        this.target = target;
    }

    Outcome run(ProgressListener progress) throws RepositoryException, IOException, InterruptedException {
        Optional<RestoreMarker> earlier = target.marker();
        if (earlier.isPresent() && earlier.get().state() == RestoreMarker.State.FINISHED) {
            return done(earlier.get());
        }
        Attempt attempt = new Attempt(earlier);
        boolean finished = false;
        try {
            if (earlier.isEmpty() || earlier.get().state() == RestoreMarker.State.COPYING) {
                attempt.copyAll(progress);
            }
            RestoreMarker copied = attempt.made.orElseThrow();
            target.nameFiles(copied);
            finished = true;
            return done(copied);
        } finally {
            if (!finished) {
                attempt.made.ifPresent(target::undo);
            }
        }
    }

    private static Outcome done(RestoreMarker marker) {
        return new Outcome.Done(new Evidence.Restored(marker.disks()));
    }

    /** One try, and what has to be undone if it fails. */
    private final class Attempt {
        private Optional<RestoreMarker> made;

        Attempt(Optional<RestoreMarker> earlier) {
            this.made = earlier;
        }

        void copyAll(ProgressListener progress) throws RepositoryException, IOException, InterruptedException {
            List<BackupChain> chains = BackupChain.whole(tree, machine, operation.backup(), operation.disks());
            for (BackupChain chain : chains) {
                requireSound(chain, operation);
            }
            Map<BackupChain, List<KeyedImage>> opened = new LinkedHashMap<>();
            for (BackupChain chain : chains) {
                opened.put(chain, chain.images(keys));
            }
            List<RestoredDisk> disks = chains.stream()
                    .map(chain -> chain.layers().getFirst())
                    .map(layer -> target.restored(layer.disk(), layer.stored().size()))
                    .toList();
            boolean directoryMade = made.map(RestoreMarker::directoryMade).orElse(false);
            made = Optional.of(target.begin(disks, directoryMade));
            PhaseProgress phase = new PhaseProgress(progress, PHASE, total(chains));
            Map<Layer, Layer.Stamp> stamps = stamps(chains);
            // Nothing has its name before all was read back, so what is copied meanwhile does no harm if it is damaged.
            List<LayerReading> readings =
                    SideBySide.whileWorking(() -> readAll(stamps, phase), () -> copyEach(opened, phase));
            for (LayerReading reading : readings) {
                Optional<DamagedDisk> changed = reading.changedSince();
                if (changed.isPresent()) {
                    throw RepositoryException.damaged(changed.get());
                }
            }
        }
    }

    /** Before qemu-img is let near it. */
    static void requireSound(BackupChain chain, RestoreOperation operation) throws RepositoryException {
        Optional<DamagedDisk> seen = chain.firstFault().or(() -> rewritten(chain, operation));
        if (seen.isPresent()) {
            throw RepositoryException.damaged(seen.get());
        }
    }

    private static Optional<DamagedDisk> rewritten(BackupChain chain, RestoreOperation operation) {
        LogRecord log = new LogRecord(operation.recorded());
        return chain.layers().stream()
                .flatMap(layer -> log.objection(layer).stream())
                .findFirst();
    }

    /** Every layer is read once, every disk is written once. */
    static long total(List<BackupChain> chains) {
        return chains.stream()
                .mapToLong(chain -> chain.layers().getFirst().stored().size()
                        + chain.layers().stream()
                                .mapToLong(layer -> layer.stored().fileSize())
                                .sum())
                .sum();
    }

    private void copyEach(Map<BackupChain, List<KeyedImage>> chains, PhaseProgress phase)
            throws RepositoryException, IOException, InterruptedException {
        for (Map.Entry<BackupChain, List<KeyedImage>> chain : chains.entrySet()) {
            copy(chain.getKey().layers().getFirst(), chain.getValue(), phase);
        }
    }

    /** Before anything is copied: what is changed between the copy and the reading must not go unseen. */
    static Map<Layer, Layer.Stamp> stamps(List<BackupChain> chains) throws RepositoryException {
        Map<Layer, Layer.Stamp> stamps = new LinkedHashMap<>();
        for (BackupChain chain : chains) {
            for (Layer layer : chain.layers()) {
                try {
                    stamps.put(layer, layer.stamp());
                } catch (IOException fault) {
                    throw RepositoryException.damaged(layer.damaged("cannot be read: " + FileFault.describe(fault)));
                }
            }
        }
        return stamps;
    }

    static List<LayerReading> readAll(Map<Layer, Layer.Stamp> stamps, PhaseProgress phase)
            throws RepositoryException, IOException, InterruptedException {
        List<SideBySide.Reading<LayerReading>> each = new ArrayList<>();
        stamps.forEach((layer, stamp) -> each.add(() -> LayerReading.of(layer, stamp, phase::add)));
        List<LayerReading> readings = SideBySide.all(each);
        for (LayerReading reading : readings) {
            if (reading.damage().isPresent()) {
                throw RepositoryException.damaged(reading.damage().get());
            }
        }
        return readings;
    }

    private void copy(Layer top, List<KeyedImage> layers, PhaseProgress phase)
            throws RepositoryException, IOException, InterruptedException {
        Path file = target.beginFile(top.disk());
        long size = top.stored().size();
        AtomicLong told = new AtomicLong();
        try {
            // A raw file that ends within a block of its disk cannot be written so.
            boolean pastPageCache = size % DurableFiles.BLOCK_BYTES_MAX == 0 && target.opensDirectly(top.disk());
            images.convert(layers, KeyedImage.plain(file), operation.format(), pastPageCache, share -> {
                long now = (long) (share * size);
                phase.add(now - told.getAndSet(now));
            });
        } catch (RepositoryException failure) {
            throw new RepositoryException(
                    failure.code(),
                    top.disk(),
                    failure.detail() + " (" + target.bytesFree() + " bytes are free there)",
                    failure);
        }
        phase.add(size - told.get());
        target.finishFile(top.disk(), size);
    }
}
