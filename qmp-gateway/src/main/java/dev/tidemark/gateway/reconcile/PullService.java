package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.act.TargetNodes;
import dev.tidemark.gateway.act.export.ExportSocket;
import dev.tidemark.gateway.act.repository.KeyedImage;
import dev.tidemark.gateway.act.repository.RepositoryException;
import dev.tidemark.gateway.act.repository.Scratch;
import dev.tidemark.gateway.observe.Look;
import dev.tidemark.gateway.qmp.QmpException;
import dev.tidemark.gateway.qmp.QmpRefused;
import dev.tidemark.gateway.qmp.TransactionAction.BitmapSource;
import dev.tidemark.schema.contract.Countdown;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.Outcome.Refused;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.ReadyDisk;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a pull backup has beyond a push: a server, exports, and scratch files that must not run full. As long as a job keeps what
 * the guest overwrites, a guest whose old data finds no room gets an error itself, and no event tells it (qemu-facts §0.5): so the
 * room is watched, and the backup ends before the room does.
 */
final class PullService {
    /** With less room than this, in bytes, a guest that writes fast could fill it before anybody looks again. */
    static final long ROOM_MIN = 256L << 20;

    private final Surroundings surroundings;
    private final MachineId machine;
    private final Countdown lease = new Countdown();

    PullService(Surroundings surroundings, MachineId machine) {
        this.surroundings = surroundings;
        this.machine = machine;
    }

    /** Makes scratch files, opens them, and starts the server; what stands in the way, if anything does. */
    Optional<Refused> begin(Qemu qemu, Housekeeping housekeeping, PullBackupOperation operation, Look look)
            throws QmpException, RepositoryException, InterruptedException {
        Scratch scratch = surroundings.storage().beginScratch(machine, operation, look.facts());
        surroundings.crash().at(CrashPoint.AFTER_BEGIN);
        Optional<Refused> danger = danger(operation);
        if (danger.isPresent()) {
            return danger;
        }
        TargetKeys keys = new TargetKeys(operation.id());
        Map<DiskName, List<KeyedImage>> images = new LinkedHashMap<>();
        operation
                .disks()
                .forEach(disk -> images.put(
                        disk.plan().disk(), List.of(scratch.image(disk.plan().disk()))));
        Optional<Refused> keyless = keys.add(qemu, images);
        Optional<Refused> closed = keyless.isPresent() ? keyless : openScratch(qemu, operation, scratch, keys, look);
        housekeeping.forget(keys.names());
        if (closed.isPresent()) {
            return closed;
        }
        surroundings.crash().at(CrashPoint.BEFORE_SERVER_STARTED);
        Optional<Refused> obstacle = startServer(qemu);
        surroundings.crash().at(CrashPoint.AFTER_SERVER_STARTED);
        return obstacle;
    }

    private Optional<Refused> openScratch(
            Qemu qemu, PullBackupOperation operation, Scratch scratch, TargetKeys keys, Look look)
            throws QmpException, RepositoryException {
        for (int index = 0; index < operation.disks().size(); index++) {
            DiskName disk = operation.disks().get(index).plan().disk();
            try {
                TargetNodes nodes = TargetNodes.of(operation.id(), index);
                qemu.openFile(nodes, scratch.file(disk), false);
                surroundings.crash().at(CrashPoint.AFTER_FILE_OPENED);
                scratch.requireOpened(disk);
                qemu.openScratch(nodes, keys.layer(scratch.image(disk)), node(look, disk));
            } catch (QmpRefused refused) {
                return Optional.of(new Refused(
                        FailureCode.REPOSITORY_FAILED,
                        "QEMU cannot open the scratch file of disk " + disk + ": " + refused.description(),
                        Optional.of(disk)));
            }
        }
        return Optional.empty();
    }

    /** Makes the exports that are not there yet; what stands in the way, if anything does. */
    Optional<Refused> serve(Qemu qemu, PullBackupOperation operation, Look look) throws QmpException {
        Optional<Refused> obstacle = startServer(qemu);
        surroundings.crash().at(CrashPoint.BEFORE_EXPORT);
        for (int index = 0; index < operation.disks().size() && obstacle.isEmpty(); index++) {
            DiskBackup part = operation.disks().get(index);
            DiskName disk = part.plan().disk();
            String export = QemuNames.export(operation.id(), index);
            if (look.observed().exports().contains(export)) {
                continue;
            }
            Optional<BitmapSource> dirty = part.plan().kind() == BackupKind.INCREMENTAL
                    ? Optional.of(BitmapSource.on(node(look, disk), BitmapName.temporary(operation.id())))
                    : Optional.empty();
            try {
                qemu.export(
                        export,
                        QemuNames.targetNode(operation.id(), index),
                        operation.terms().exportName(disk),
                        dirty);
            } catch (QmpRefused refused) {
                obstacle = Optional.of(new Refused(
                        FailureCode.QEMU_REFUSED,
                        "disk " + disk + " cannot be exported: " + refused.description(),
                        Optional.of(disk)));
            }
        }
        surroundings.crash().at(CrashPoint.AFTER_EXPORT);
        return obstacle;
    }

    /** Where a client reads each disk; the look shows all of them. */
    List<ReadyDisk> readable(PullBackupOperation operation, Look look) throws IOException {
        ExportSocket socket = surroundings.storage().exportSocket(machine);
        List<ReadyDisk> disks = new ArrayList<>();
        for (DiskBackup part : operation.disks()) {
            DiskName disk = part.plan().disk();
            Optional<String> dirtyContext = part.plan().kind() == BackupKind.INCREMENTAL
                    ? Optional.of("qemu:dirty-bitmap:" + BitmapName.temporary(operation.id()))
                    : Optional.empty();
            DiskFacts facts = look.disk(disk).orElseThrow().facts();
            disks.add(new ReadyDisk(
                    disk, socket.uri(operation.terms().exportName(disk)), dirtyContext, facts.virtualSize()));
        }
        return disks;
    }

    /** Why the backup has to end now for the guest's sake. */
    Optional<Refused> danger(PullBackupOperation operation) throws RepositoryException {
        Optional<Scratch> scratch = surroundings.storage().scratch(machine, operation);
        if (scratch.isEmpty()) {
            return Optional.of(
                    new Refused(FailureCode.REPOSITORY_FAILED, "the scratch files are no longer in the repository"));
        }
        try {
            long bytes = scratch.get().bytes();
            OptionalLong most = operation.terms().scratchBytesMax();
            if (most.isPresent() && bytes > most.getAsLong()) {
                return Optional.of(new Refused(
                        FailureCode.SCRATCH_FULL,
                        "the scratch files have " + bytes + " bytes, more than the " + most.getAsLong()
                                + " that were granted: the guest has overwritten too much"));
            }
            DiskName any = operation.disks().getFirst().plan().disk();
            long room = surroundings.storage().room(scratch.get().file(any));
            return room < ROOM_MIN
                    ? Optional.of(new Refused(
                            FailureCode.SCRATCH_FULL,
                            "the repository has only " + room + " bytes left for what the guest overwrites: the guest"
                                    + " comes first"))
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of(
                    new Refused(FailureCode.REPOSITORY_FAILED, "the scratch files cannot be looked at: " + unreadable));
        }
    }

    boolean isLeaseOver(PullBackupOperation operation) {
        return !lease.left(
                        operation.terms().leaseUntil(),
                        surroundings.clockwork().now(),
                        surroundings.clockwork().nanoTime())
                .isPositive();
    }

    /** Whether there is a server of ours, or what is left of one. */
    boolean isServerThere() {
        return surroundings.storage().exportSocket(machine).exists();
    }

    private Optional<Refused> startServer(Qemu qemu) throws QmpException {
        ExportSocket socket = surroundings.storage().exportSocket(machine);
        try {
            socket.prepare();
            // By this QEMU, and for us: nobody else knows the place. A crash lies in between.
            if (!socket.isServed()) {
                socket.clear();
                qemu.startServer(socket.listening(), socket.tls());
            }
            socket.heard();
            return Optional.empty();
        } catch (QmpRefused refused) {
            return Optional.of(new Refused(
                    FailureCode.EXPORT_SERVER_REFUSED, "QEMU does not serve exports: " + refused.description()));
        } catch (IOException failure) {
            return Optional.of(new Refused(
                    FailureCode.EXPORT_SERVER_REFUSED, "there is no place to serve exports: " + failure.getMessage()));
        }
    }

    private static String node(Look look, DiskName disk) {
        String node = look.nodes().get(disk);
        if (node == null) {
            throw new IllegalArgumentException("disk " + disk + " has no node");
        }
        return node;
    }
}
