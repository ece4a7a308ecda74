package dev.tidemark.gateway.act.repository;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.TargetAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;

/**
 * Writes disks as they were at a backup to devices and NBD exports. A target may have held anything: zeros are written like everything
 * else, all is flushed, and then the whole disk is read back from the target and compared before it is called restored. Run again after
 * a crash it begins at the beginning, and comes to the same end.
 */
final class TargetRestoration {
    private static final String WRITING = "restore";
    private static final String COMPARING = "compare";

    private final RepositoryTree tree;
    private final QemuImage images;
    private final KeyRing keys;
    private final AllowedTargets allowed;
    private final TargetClaims claims;
    private final MachineId machine;
    private final RestoreOperation operation;

    TargetRestoration(Repository repository, Repositories repositories, MachineId machine, RestoreOperation operation) {
        this.tree = repository.tree();
        this.images = repositories.images();
        this.keys = repository.keys();
        this.allowed = repositories.targets();
        this.claims = repositories.claims();
        this.machine = machine;
        this.operation = operation;
    }

    private record Part(BackupChain chain, List<KeyedImage> opened, Target target) {
        long size() {
            return chain.layers().getFirst().stored().size();
        }
    }

    Outcome run(ProgressListener progress) throws RepositoryException, IOException, InterruptedException {
        List<BackupChain> chains = BackupChain.whole(tree, machine, operation.backup(), operation.disks());
        try {
            List<Part> parts = new ArrayList<>();
            for (BackupChain chain : chains) {
                Restoration.requireSound(chain, operation);
                List<KeyedImage> opened = chain.images(keys);
                Target target = allowed.resolved(address(chain));
                allowed.claim(
                        target,
                        operation.id().value(),
                        chain.layers().getFirst().disk());
                claims.requireNone(target);
                parts.add(new Part(chain, opened, target));
            }
            for (Part part : parts) {
                part.target().requireFit(images, part.size());
            }
            List<Descriptor> devices = new ArrayList<>();
            try {
                List<Part> held = held(parts, devices);
                write(chains, held, progress);
                compare(held, progress);
            } finally {
                devices.forEach(Descriptor::close);
            }
            return new Outcome.Done(new Evidence.Restored(
                    parts.stream().map(TargetRestoration::restored).toList()));
        } finally {
            allowed.release(operation.id().value());
        }
    }

    private static List<Part> held(List<Part> parts, List<Descriptor> devices) throws RepositoryException {
        List<Part> held = new ArrayList<>();
        for (Part part : parts) {
            Optional<Descriptor> device = part.target().hold();
            device.ifPresent(devices::add);
            held.add(new Part(
                    part.chain(),
                    part.opened(),
                    device.map(part.target()::through).orElse(part.target())));
        }
        return held;
    }

    private TargetAddress address(BackupChain chain) throws RepositoryException {
        Layer top = chain.layers().getFirst();
        return operation.targets().stream()
                .filter(target -> target.disk().equals(top.disk()))
                .map(DiskTarget::address)
                .findFirst()
                .orElseThrow(() -> new RepositoryException(
                        FailureCode.UNSUPPORTED, top.disk(), "no target was named for it", null));
    }

    private static RestoredDisk restored(Part part) {
        Layer top = part.chain().layers().getFirst();
        return new RestoredDisk(top.disk(), part.target().address().value(), RestoreFormat.RAW, part.size());
    }

    private void write(List<BackupChain> chains, List<Part> parts, ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        PhaseProgress phase = new PhaseProgress(progress, WRITING, Restoration.total(chains));
        Map<Layer, Layer.Stamp> stamps = Restoration.stamps(chains);
        // To their ends before the first byte is overwritten: what the targets hold may be all that is left if the
        // backup is damaged.
        List<LayerReading> readings = Restoration.readAll(stamps, phase);
        requireUnchanged(readings);
        for (Part part : parts) {
            share(phase, part.size(), told -> overwrite(part, told));
        }
        requireUnchanged(readings);
    }

    private static void requireUnchanged(List<LayerReading> readings) throws RepositoryException {
        for (LayerReading reading : readings) {
            Optional<DamagedDisk> changed = reading.changedSince();
            if (changed.isPresent()) {
                throw RepositoryException.damaged(changed.get());
            }
        }
    }

    private void overwrite(Part part, DoubleConsumer told) throws RepositoryException, InterruptedException {
        Target target = part.target();
        try {
            images.overwrite(part.opened(), target.begun(part.size()), target.isWrittenThrough(), told);
            target.flush();
        } catch (RepositoryException failure) {
            throw target.failure(images, failure);
        }
    }

    private void compare(List<Part> parts, ProgressListener progress)
            throws RepositoryException, IOException, InterruptedException {
        PhaseProgress phase = new PhaseProgress(
                progress, COMPARING, parts.stream().mapToLong(Part::size).sum());
        for (Part part : parts) {
            share(phase, part.size(), told -> {
                Optional<String> difference = difference(part, told);
                if (difference.isPresent()) {
                    throw part.target()
                            .failed(
                                    FailureCode.TARGET_DIFFERS,
                                    "what was read back is not what was written: " + difference.get());
                }
            });
        }
    }

    private Optional<String> difference(Part part, DoubleConsumer told)
            throws RepositoryException, InterruptedException {
        try {
            return images.difference(part.target().begun(part.size()), part.opened(), told);
        } catch (RepositoryException failure) {
            throw part.target().failure(images, failure);
        }
    }

    /** Something that tells by shares how far it came. */
    private interface Shared {
        void run(DoubleConsumer told) throws RepositoryException, IOException, InterruptedException;
    }

    private static void share(PhaseProgress phase, long bytes, Shared work)
            throws RepositoryException, IOException, InterruptedException {
        AtomicLong told = new AtomicLong();
        work.run(share -> {
            long now = (long) (share * bytes);
            phase.add(Math.max(0, now - told.getAndAccumulate(now, Math::max)));
        });
        phase.add(Math.max(0, bytes - told.get()));
    }
}
