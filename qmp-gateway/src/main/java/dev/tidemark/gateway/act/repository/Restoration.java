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
import java.util.List;
import java.util.Optional;

/**
 * Writes disks as they were at a backup. Every byte of every layer is compared with its manifest before the first byte is written,
 * every header must name the layer that the manifest names (so that qemu-img follows no other path), and at the end no layer may have
 * been touched since it was compared.
 */
final class Restoration {
    private final RepositoryTree tree;
    private final QemuImage images;
    private final MachineId machine;
    private final RestoreOperation operation;
    private final RestoreDirectory target;

    Restoration(
            RepositoryTree tree,
            QemuImage images,
            MachineId machine,
            RestoreOperation operation,
            RestoreDirectory target) {
        this.tree = tree;
        this.images = images;
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
            List<LayerReading> readings = readAll(chains, progress);
            List<RestoredDisk> disks = chains.stream()
                    .map(chain -> chain.layers().getFirst())
                    .map(layer -> target.restored(layer.disk(), layer.stored().size()))
                    .toList();
            boolean directoryMade = made.map(RestoreMarker::directoryMade).orElse(false);
            made = Optional.of(target.begin(disks, directoryMade));
            long total = disks.stream().mapToLong(RestoredDisk::virtualSize).sum();
            PhaseProgress phase = new PhaseProgress(progress, "copy", total);
            long before = 0;
            for (BackupChain chain : chains) {
                copy(chain.layers().getFirst(), phase, before);
                before += chain.layers().getFirst().stored().size();
                phase.at(before);
            }
            for (LayerReading reading : readings) {
                Optional<DamagedDisk> changed = reading.changedSince();
                if (changed.isPresent()) {
                    throw RepositoryException.damaged(changed.get());
                }
            }
        }
    }

    private static List<LayerReading> readAll(List<BackupChain> chains, ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        List<Layer> layers =
                chains.stream().flatMap(chain -> chain.layers().stream()).toList();
        PhaseProgress phase = new PhaseProgress(
                progress,
                "verify",
                layers.stream().mapToLong(layer -> layer.stored().fileSize()).sum());
        List<SideBySide.Reading<LayerReading>> each = new ArrayList<>();
        for (Layer layer : layers) {
            each.add(() -> LayerReading.of(layer, phase::add));
        }
        List<LayerReading> readings = SideBySide.all(each);
        for (LayerReading reading : readings) {
            if (reading.damage().isPresent()) {
                throw RepositoryException.damaged(reading.damage().get());
            }
        }
        return readings;
    }

    private void copy(Layer top, PhaseProgress phase, long before)
            throws RepositoryException, IOException, InterruptedException {
        Path file = target.beginFile(top.disk());
        long size = top.stored().size();
        try {
            images.convert(top.file(), file, operation.format(), share -> phase.at(before + (long) (share * size)));
        } catch (RepositoryException failure) {
            throw new RepositoryException(
                    failure.code(),
                    top.disk(),
                    failure.detail() + " (" + target.bytesFree() + " bytes are free there)",
                    failure);
        }
        target.finishFile(top.disk(), size);
    }
}
