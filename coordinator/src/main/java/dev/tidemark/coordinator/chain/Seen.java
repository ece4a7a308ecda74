package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Sight;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.OperationId;

/** Questions to an observation. */
final class Seen {
    /** QEMU's word for a job that has ended and is kept to be asked how. */
    private static final String CONCLUDED = "concluded";

    private Seen() {}

    /** Whether a checkpoint's bitmap is on a disk. */
    static boolean bitmap(Sight.Observed seen, Disk disk, CheckpointId checkpoint) {
        String name = BitmapName.of(checkpoint).value();
        for (ObservedDisk observed : seen.disks()) {
            if (observed.facts().name().equals(disk.name())
                    && observed.bitmaps().stream()
                            .anyMatch(
                                    bitmap -> bitmap.name().filter(name::equals).isPresent())) {
                return true;
            }
        }
        return false;
    }

    /** How many jobs of an operation have neither ended nor failed. */
    static long runningJobs(Sight.Observed seen, OperationId operation) {
        String prefix = BitmapName.PREFIX + operation.value();
        return seen.jobs().stream()
                .filter(job -> job.id().startsWith(prefix)
                        && job.error().isEmpty()
                        && !job.status().equals(CONCLUDED))
                .count();
    }

    /** How many exports of an operation there are. */
    static long exports(Sight.Observed seen, OperationId operation) {
        String prefix = BitmapName.PREFIX + operation.value();
        return seen.exports().stream()
                .filter(export -> export.startsWith(prefix))
                .count();
    }

    /** Whether an operation has a job that may still read from a disk. */
    static boolean copying(Sight.Observed seen, OperationId operation) {
        String prefix = BitmapName.PREFIX + operation.value();
        return seen.jobs().stream()
                .anyMatch(job -> job.id().startsWith(prefix) && !job.status().equals(CONCLUDED));
    }

    /** Whether an operation has a job, whatever its status. */
    static boolean job(Sight.Observed seen, OperationId operation) {
        String prefix = BitmapName.PREFIX + operation.value();
        return seen.jobs().stream().anyMatch(job -> job.id().startsWith(prefix));
    }
}
