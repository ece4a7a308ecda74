package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Restores disks to a scratch directory as {@link Restoration} does, following the names in the images' headers, and compares what came
 * out with a second reading that follows none: there each layer is opened as the manifests link them. It finds what no digest tells,
 * because the digest was made of it: content that QEMU cannot read back, and a restore that writes something else.
 *
 * <p>One disk at a time, so that the scratch needs the room of the largest alone. Whatever happens, the directory goes.
 */
final class TrialRestore {
    private static final String PHASE = "trial restore";

    private final QemuImage images;
    private final KeyRing keys;
    private final TrialDirectory scratch;

    TrialRestore(QemuImage images, KeyRing keys, TrialDirectory scratch) {
        this.images = images;
        this.keys = keys;
        this.scratch = scratch;
    }

    /** The first difference of each disk; none if all can be restored. */
    List<DamagedDisk> run(List<BackupChain> chains, ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        long total = chains.stream()
                .mapToLong(chain -> 2 * chain.layers().getFirst().stored().size())
                .sum();
        PhaseProgress phase = new PhaseProgress(progress, PHASE, total);
        List<DamagedDisk> damages = new ArrayList<>();
        long before = 0;
        scratch.make();
        try {
            for (BackupChain chain : chains) {
                trial(chain, phase, before).ifPresent(damages::add);
                before += 2 * chain.layers().getFirst().stored().size();
            }
        } catch (RepositoryException failure) {
            throw scratch.spoken(failure);
        } finally {
            scratch.remove();
        }
        return damages;
    }

    private Optional<DamagedDisk> trial(BackupChain chain, PhaseProgress phase, long before)
            throws RepositoryException, IOException, InterruptedException {
        Layer top = chain.layers().getFirst();
        long size = top.stored().size();
        List<KeyedImage> layers = chain.images(keys);
        requireRoom(chain, layers);
        Descriptor file = scratch.beginFile(top.disk());
        KeyedImage restored = new KeyedImage(file.path(), key(layers));
        if (restored.key().isPresent()) {
            images.create(restored, size, Optional.empty(), Optional.empty());
        }
        boolean pastPageCache = size % DurableFiles.BLOCK_BYTES_MAX == 0 && DurableFiles.opensDirectly(file);
        try {
            images.convert(
                    layers,
                    restored,
                    RestoreFormat.QCOW2,
                    pastPageCache,
                    share -> phase.at(before + (long) (share * size)));
        } catch (RepositoryException failure) {
            if (images.isReadable(layers)) {
                // Then it was the writing: nothing is known of the backup.
                throw failure;
            }
            // Once more: if a key went away meanwhile, then that is what was wrong.
            chain.images(keys);
            return Optional.of(
                    top.damaged("cannot be restored: " + scratch.spoken(failure).detail()));
        }
        phase.at(before + size);
        Optional<String> difference =
                images.difference(restored, layers, share -> phase.at(before + size + (long) (share * size)));
        scratch.removeFile(top.disk());
        return difference.map(found -> top.damaged("what is restored from it is not what is in it: " + found));
    }

    /** Where a part of it is encrypted, it does not lie in the repository for anybody to read, not for a moment. */
    private static Optional<EncryptionKey> key(List<KeyedImage> layers) {
        return layers.stream().map(KeyedImage::key).flatMap(Optional::stream).findFirst();
    }

    private void requireRoom(BackupChain chain, List<KeyedImage> layers)
            throws RepositoryException, IOException, InterruptedException {
        Layer top = chain.layers().getFirst();
        long needed = images.bytesNeeded(layers);
        long free = scratch.bytesFree();
        if (free < needed) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED,
                    top.disk(),
                    "to be restored for a look it needs " + needed + " bytes in " + scratch + ", and " + free
                            + " are free",
                    null);
        }
    }
}
