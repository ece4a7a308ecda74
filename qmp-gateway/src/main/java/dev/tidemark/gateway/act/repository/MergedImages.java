package dev.tidemark.gateway.act.repository;

import dev.tidemark.gateway.act.repository.Manifest.StoredDisk;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.EncryptionFormat;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;

/**
 * Writes the images that are to take the places of a backup's own, in a directory beside it. Every layer that can be seen through
 * them is compared with its manifest, also those that they are going to stand on: what rotted below would be compared with itself.
 */
final class MergedImages {
    private static final String PHASE = "merge";
    private static final String PLAIN_PREFIX = "plain-";

    private final RepositoryTree tree;
    private final QemuImage images;
    private final KeyRing keys;
    private final CrashHook crash;
    private final MachineId machine;
    private final Manifest manifest;
    private final List<DiskMerge> merges;
    private final LogRecord log;
    private final MergeDirectory directory;
    private final List<StoredDisk> stored = new ArrayList<>();

    MergedImages(
            RepositoryTree tree,
            QemuImage images,
            KeyRing keys,
            CrashHook crash,
            MachineId machine,
            Manifest manifest,
            List<DiskMerge> merges,
            LogRecord log,
            MergeDirectory drafts) {
        this.tree = tree;
        this.images = images;
        this.keys = keys;
        this.crash = crash;
        this.machine = machine;
        this.manifest = manifest;
        this.merges = List.copyOf(merges);
        this.log = log;
        this.directory = drafts;
    }

    /**
     * One disk: the layers that become one, its own first, and what they are to stand on.
     *
     * @param opened the whole chain
     * @param key what comes of it is encrypted if one of its parts was: nobody finds open what was locked away
     */
    private record Draft(
            BackupChain chain,
            List<KeyedImage> opened,
            List<Layer> layers,
            Optional<BackupId> onto,
            String name,
            Optional<EncryptionKey> key) {
        Layer top() {
            return layers.getFirst();
        }

        long size() {
            return top().stored().size();
        }

        /** From one of its layers down. */
        List<KeyedImage> from(int layer) {
            return opened.subList(layer, opened.size());
        }

        /** As it is to be, on what it is to stand on. */
        List<KeyedImage> merged(Descriptor image) {
            List<KeyedImage> merged = new ArrayList<>();
            merged.add(new KeyedImage(image.path(), key));
            merged.addAll(from(layers.size()));
            return merged;
        }

        Optional<String> backing() {
            return onto.map(below -> RepositoryTree.backingFile(below, top().disk()));
        }
    }

    /** What was written, as it is to stand in the manifest. */
    List<StoredDisk> stored() {
        return List.copyOf(stored);
    }

    /** Gives what is damaged of what they would be made from; else they lie there, whole, durable and compared. */
    Optional<DamagedDisk> write(ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        List<Draft> drafts = new ArrayList<>();
        for (DiskMerge merge : merges) {
            BackupChain chain = BackupChain.of(tree, machine, manifest.backup(), merge.disk());
            Optional<DamagedDisk> visible = chain.firstFault().or(() -> rewritten(chain));
            if (visible.isPresent()) {
                return visible;
            }
            drafts.add(draft(chain, merge));
        }
        requireRoom(drafts);
        crash.at(CrashPoint.BEFORE_MERGE);
        directory.make();
        PhaseProgress phase = new PhaseProgress(progress, PHASE, total(drafts));
        Map<Layer, Layer.Stamp> stamps = new LinkedHashMap<>();
        for (Draft draft : drafts) {
            for (Layer layer : draft.chain().layers()) {
                // Before anything is copied: what is changed between the copy and the reading must not go unseen.
                stamps.put(layer, layer.stamp());
            }
        }
        List<LayerReading> readings =
                SideBySide.whileWorking(() -> readAll(stamps, phase), () -> copyAll(drafts, phase));
        for (LayerReading reading : readings) {
            if (reading.damage().isPresent()) {
                return reading.damage();
            }
        }
        crash.at(CrashPoint.MERGE_COPIED);
        for (Draft draft : drafts) {
            stored.add(finished(draft, phase));
        }
        DurableFiles.sync(directory.path());
        return readings.stream()
                .flatMap(reading -> reading.changedSince().stream())
                .findFirst();
    }

    /** What was rewritten with its manifest would come out of a merge as what the log says. */
    private Optional<DamagedDisk> rewritten(BackupChain chain) {
        return chain.layers().stream()
                .map(log::objection)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** As much as all layers have at most: a file system that runs full would hit the backups that are being written to it. */
    private void requireRoom(List<Draft> drafts) throws RepositoryException, IOException {
        long needed = 0;
        for (Draft draft : drafts) {
            for (Layer layer : draft.layers()) {
                needed += layer.stored().fileSize();
                if (manifest.compression().isPresent()
                        && (draft.onto().isPresent() || draft.key().isPresent())) {
                    needed += layer.stored().bytes();
                }
            }
        }
        long free = FreeSpace.bytes(tree.root());
        if (free < needed) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED,
                    "the merged images of backup " + manifest.backup() + " may need " + needed + " bytes, and " + free
                            + " are free in " + tree.root() + "; nothing was written");
        }
    }

    private Draft draft(BackupChain chain, DiskMerge merge) throws RepositoryException {
        List<Layer> layers = new ArrayList<>();
        for (Layer layer : chain.layers()) {
            if (merge.onto().equals(Optional.of(layer.backup()))) {
                break;
            }
            layers.add(layer);
        }
        Optional<BackupId> bottom = layers.getLast().stored().parent();
        if (layers.size() < 2 || !bottom.equals(merge.onto())) {
            throw new RepositoryException(
                    FailureCode.EVIDENCE_CHANGED,
                    merge.disk(),
                    "backup " + manifest.backup() + " does not stand on "
                            + merge.onto().map(BackupId::value).orElse("nothing") + " by way of others");
        }
        List<KeyedImage> opened = chain.images(keys);
        Optional<EncryptionKey> key =
                KeyedImage.isAnyEncrypted(opened.subList(0, layers.size())) ? keys.forWriting() : Optional.empty();
        return new Draft(chain, opened, layers, merge.onto(), RepositoryTree.file(merge.disk()), key);
    }

    /** What was made, whatever has its name. */
    private Descriptor file(Draft draft) {
        return directory.file(draft.name());
    }

    /** Every layer is read once, every disk is written once and compared once. */
    private static long total(List<Draft> drafts) {
        long total = 0;
        for (Draft draft : drafts) {
            total += 2 * draft.size();
            for (Layer layer : draft.chain().layers()) {
                total += layer.stored().fileSize();
            }
        }
        return total;
    }

    /** All of them: what rotted is told rather than that it could not be copied. */
    private static List<LayerReading> readAll(Map<Layer, Layer.Stamp> stamps, PhaseProgress phase)
            throws RepositoryException, IOException, InterruptedException {
        List<SideBySide.Reading<LayerReading>> each = new ArrayList<>();
        stamps.forEach((layer, stamp) -> each.add(() -> LayerReading.of(layer, stamp, phase::add)));
        return SideBySide.all(each);
    }

    private void copyAll(List<Draft> drafts, PhaseProgress phase)
            throws RepositoryException, IOException, InterruptedException {
        for (Draft draft : drafts) {
            share(phase, draft.size(), told -> copy(draft, told));
        }
    }

    private void copy(Draft draft, DoubleConsumer told) throws RepositoryException, IOException, InterruptedException {
        // QEMU does not compress what it encrypts.
        Optional<Compression> compression = draft.key().isPresent() ? Optional.empty() : manifest.compression();
        if (draft.onto().isEmpty()) {
            Descriptor file = create(draft.name(), draft, compression);
            images.fill(draft.from(0), draft.merged(file), Optional.empty(), compression, told);
        } else if (compression.isEmpty()) {
            stack(draft, draft.name(), told);
        } else {
            // What is compressed cannot be written over, so the layers are put together before.
            String name = PLAIN_PREFIX + draft.name();
            Descriptor plain = stack(draft, name, told);
            Descriptor file = create(draft.name(), draft, compression);
            images.fill(draft.merged(plain), draft.merged(file), draft.backing(), compression, told);
            directory.removeFile(name);
        }
    }

    /** From the bottom to the top, each over what those below it wrote. */
    private Descriptor stack(Draft draft, String name, DoubleConsumer told)
            throws RepositoryException, IOException, InterruptedException {
        Descriptor target = create(name, draft, Optional.empty());
        for (int layer = draft.layers().size() - 1; layer >= 0; layer--) {
            images.fill(draft.from(layer), draft.merged(target), draft.backing(), Optional.empty(), told);
        }
        return target;
    }

    private Descriptor create(String name, Draft draft, Optional<Compression> compression)
            throws RepositoryException, IOException, InterruptedException {
        Descriptor target = directory.newFile(name);
        images.create(new KeyedImage(target.path(), draft.key()), draft.size(), draft.backing(), compression);
        return target;
    }

    /** Durable first, and then read back twice: as bytes for the digest, and as a disk against what the backup holds. */
    private StoredDisk finished(Draft draft, PhaseProgress phase)
            throws RepositoryException, IOException, InterruptedException {
        Descriptor file = file(draft);
        DurableFiles.sync(file);
        Optional<String> objection = QcowHeader.read(file)
                .objection(draft.size(), draft.backing(), draft.key().isPresent());
        if (objection.isPresent()) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED, draft.top().disk(), file.path() + ": " + objection.get());
        }
        FileDigest digest = SideBySide.whileWorking(
                () -> FileDigest.ofMedium(file, bytes -> {}),
                () -> share(phase, draft.size(), told -> compare(draft, told)));
        if (draft.key().isPresent()) {
            // The key file may have been exchanged meanwhile: what is named has to be what opens it.
            images.requireOpens(new KeyedImage(
                    file.path(),
                    Optional.of(keys.of(new DiskEncryption(
                            EncryptionFormat.LUKS, draft.key().get().identity())))));
        }
        StoredDisk before = draft.top().stored();
        return new StoredDisk(
                before.disk(),
                draft.onto().isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                draft.onto().isPresent() ? draft.layers().getLast().stored().since() : Optional.empty(),
                draft.onto(),
                Optional.empty(),
                draft.onto()
                        .map(below -> "took in what was between it and backup " + below)
                        .orElse("took in all that it stood on"),
                before.file(),
                before.size(),
                digest.length(),
                Math.min(
                        before.size(),
                        draft.layers().stream()
                                .mapToLong(layer -> layer.stored().bytes())
                                .sum()),
                digest.sha256(),
                Optional.empty(),
                draft.key().map(key -> new DiskEncryption(EncryptionFormat.LUKS, key.identity())));
    }

    private void compare(Draft draft, DoubleConsumer told)
            throws RepositoryException, IOException, InterruptedException {
        if (!images.same(draft.merged(file(draft)), draft.from(0), told)) {
            throw new RepositoryException(
                    FailureCode.REPOSITORY_FAILED,
                    draft.top().disk(),
                    "the merged image does not hold what backup " + manifest.backup() + " holds; nothing was changed");
        }
    }

    /** Something that tells by shares how far it came. */
    private interface Shared {
        void run(DoubleConsumer told) throws RepositoryException, IOException, InterruptedException;
    }

    /** Each run of a program begins again at nothing: only what is more than before counts. */
    private static void share(PhaseProgress phase, long bytes, Shared work)
            throws RepositoryException, IOException, InterruptedException {
        AtomicLong told = new AtomicLong();
        work.run(share -> {
            long now = (long) (share * bytes);
            long before = told.getAndAccumulate(now, Math::max);
            phase.add(Math.max(0, now - before));
        });
        phase.add(Math.max(0, bytes - told.get()));
    }
}
