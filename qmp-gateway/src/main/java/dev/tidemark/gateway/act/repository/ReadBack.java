package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.DamagedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Disks of a backup of which every byte of every layer was compared with its manifest, for whoever hands on what it cannot take back. */
public final class ReadBack {
    private static final String PHASE = "read back";

    private final List<LayerReading> readings;

    private ReadBack(List<LayerReading> readings) {
        this.readings = List.copyOf(readings);
    }

    static ReadBack of(List<BackupChain> chains, ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        List<Layer> layers =
                chains.stream().flatMap(chain -> chain.layers().stream()).toList();
        PhaseProgress phase = new PhaseProgress(
                progress,
                PHASE,
                layers.stream().mapToLong(layer -> layer.stored().fileSize()).sum());
        List<SideBySide.Reading<LayerReading>> each = new ArrayList<>();
        layers.forEach(layer -> each.add(() -> LayerReading.of(layer, phase::add)));
        List<LayerReading> readings = SideBySide.all(each);
        for (LayerReading reading : readings) {
            if (reading.damage().isPresent()) {
                throw RepositoryException.damaged(reading.damage().get());
            }
        }
        return new ReadBack(readings);
    }

    /** What was read from the files since holds only if nobody touched them. */
    public void requireUntouched() throws RepositoryException {
        for (LayerReading reading : readings) {
            Optional<DamagedDisk> changed = reading.changedSince();
            if (changed.isPresent()) {
                throw RepositoryException.damaged(changed.get());
            }
        }
    }
}
