package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.act.repository.KeyedImage;
import dev.tidemark.gateway.act.repository.PartialBackup;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.observe.UnusableReply;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.ObservedDisk;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What QEMU writes a push backup to: opened before the moment, flushed after the copy, and never so full that the guest suffers. */
final class PushTargets {
    /** Less room than this beside a running backup, in bytes, and the guest's own writes are about to fail. */
    private static final long ROOM_MIN = 16L << 20;

    private final Surroundings surroundings;
    private final Verdict verdict;

    PushTargets(Surroundings surroundings, Verdict verdict) {
        this.surroundings = surroundings;
        this.verdict = verdict;
    }

    void open(Qemu qemu, Housekeeping housekeeping, Desired desired, PushBackupOperation push, Look look)
            throws QmpException, UnusableReply, RepositoryException, InterruptedException {
        PartialBackup partial = storage().begin(desired.machine(), desired.name(), push, look.facts());
        surroundings.crash().at(CrashPoint.AFTER_BEGIN);
        Map<DiskName, List<KeyedImage>> targets = new LinkedHashMap<>();
        for (int index = 0; index < push.disks().size(); index++) {
            targets.put(disk(push, index), partial.layers(disk(push, index)));
        }
        TargetKeys keys = new TargetKeys(push.id());
        keys.add(qemu, targets).ifPresent(verdict::condemn);
        for (int index = 0; index < push.disks().size(); index++) {
            List<TargetLayer> layers = Objects.requireNonNull(targets.get(disk(push, index))).stream()
                    .map(keys::layer)
                    .toList();
            // Compressed clusters lie at any byte: past the page cache each write would be a read before it.
            open(qemu, push, index, partial, layers, push.compression().isEmpty());
        }
        housekeeping.forget(keys.names());
    }

    private void open(
            Qemu qemu,
            PushBackupOperation operation,
            int index,
            PartialBackup partial,
            List<TargetLayer> layers,
            boolean pastPageCache)
            throws QmpException, UnusableReply, RepositoryException {
        DiskName disk = disk(operation, index);
        if (verdict.isSpoken()) {
            return;
        }
        Optional<PartialBackup.Elsewhere> elsewhere = partial.elsewhere(disk);
        try {
            TargetNodes nodes = TargetNodes.of(operation.id(), index);
            if (elsewhere.isEmpty()) {
                qemu.openFile(nodes, layers.getFirst().file(), pastPageCache);
            } else if (elsewhere.get().place().device().isPresent()) {
                qemu.openDevice(nodes, elsewhere.get().place());
            }
            surroundings.crash().at(CrashPoint.AFTER_FILE_OPENED);
            partial.requireOpened(disk);
            if (elsewhere.isPresent()) {
                qemu.openTarget(nodes, elsewhere.get().place(), elsewhere.get().size());
            } else {
                qemu.openTarget(nodes, layers);
            }
        } catch (QmpRefused refused) {
            // The gateway has looked at a device: it is there, if not for QEMU.
            verdict.condemn(new Refused(
                    elsewhere.isPresent() ? FailureCode.TARGET_UNAVAILABLE : FailureCode.REPOSITORY_FAILED,
                    "QEMU cannot open the target of disk " + disk + ": " + refused.description(),
                    Optional.of(disk)));
        }
    }

    /** What held the key of the targets when they were opened, by whatever gateway. */
    Optional<String> secret(MachineId machine, BackupOperation operation) throws InterruptedException {
        try {
            return storage()
                    .partial(operation.repository(), machine, operation.backup())
                    .flatMap(PartialBackup::key)
                    .map(key -> QemuNames.secret(operation.id(), key));
        } catch (RepositoryException failure) {
            verdict.condemn(failure.unlessInterrupted().refused());
            return Optional.empty();
        }
    }

    /** With a full target the guest's writes fail while the job stays running and no event tells it (qemu-facts §0.5). */
    boolean isRoomShort(MachineId machine, BackupOperation operation) throws InterruptedException {
        try {
            Optional<PartialBackup> partial = storage().partial(operation.repository(), machine, operation.backup());
            if (partial.isEmpty() || partial.get().elsewhere(disk(operation, 0)).isPresent()) {
                // Room at a target was seen to before it was begun.
                return false;
            }
            Path target = partial.get().target(disk(operation, 0));
            long room = storage().room(target);
            if (room < ROOM_MIN) {
                verdict.condemn(new Refused(
                        FailureCode.JOB_FAILED,
                        "the repository has only " + room + " bytes left: the guest comes first"));
                return true;
            }
            return false;
        } catch (RepositoryException failure) {
            verdict.condemn(failure.unlessInterrupted().refused());
            return true;
        } catch (IOException unreadable) {
            verdict.condemn(
                    new Refused(FailureCode.REPOSITORY_FAILED, "the target cannot be looked at: " + unreadable));
            return true;
        }
    }

    void flush(Qemu qemu, BackupOperation operation, Look look, String target, Optional<String> secret)
            throws QmpException, UnusableReply {
        try {
            // What nobody can tell is no success (invariant I7).
            Optional<Long> size = rawSize(operation, look, target);
            (size.isPresent() ? qemu.flushTarget(target, size.get()) : qemu.flushTarget(target, secret))
                    .ifPresent(doubt -> verdict.condemn(new Refused(
                            FailureCode.UNSUPPORTED,
                            "nobody can tell whether target " + target + " was flushed: " + doubt)));
        } catch (QmpRefused refused) {
            verdict.condemn(new Refused(
                    FailureCode.JOB_FAILED, "target " + target + " could not be flushed: " + refused.description()));
        }
    }

    /** Of a target that is no file. */
    private static Optional<Long> rawSize(BackupOperation operation, Look look, String target) {
        for (int index = 0; index < operation.disks().size(); index++) {
            if (target.equals(QemuNames.targetNode(operation.id(), index))
                    && operation.disks().get(index).target().isPresent()) {
                return look.disk(disk(operation, index))
                        .map(ObservedDisk::facts)
                        .map(DiskFacts::virtualSize);
            }
        }
        return Optional.empty();
    }

    private static DiskName disk(BackupOperation operation, int index) {
        return operation.disks().get(index).plan().disk();
    }

    private Storage storage() {
        return surroundings.storage();
    }
}
