package dev.tidemark.gateway.act;

import dev.tidemark.gateway.act.Verb.AddBitmap;
import dev.tidemark.gateway.act.Verb.AddTemporaryBitmap;
import dev.tidemark.gateway.act.Verb.DisableBitmap;
import dev.tidemark.gateway.act.Verb.EnableBitmap;
import dev.tidemark.gateway.act.Verb.MergeBitmaps;
import dev.tidemark.gateway.act.Verb.RemoveBitmap;
import dev.tidemark.gateway.act.Verb.StartBackup;
import dev.tidemark.gateway.act.Verb.StartFleecing;
import dev.tidemark.schema.contract.BackupOperation;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.PullBackupOperation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chain rules (design §5) as pure functions. Invariants kept here:
 *
 * <ul>
 *   <li>exactly one bitmap of a chain records after every plan: what takes over records, what hands over does not;
 *   <li>bits are never dropped: what is removed was merged into its predecessor in the same transaction (I12);
 *   <li>a deletion leaves a mark, the operation's own temporary bitmap, wherever bits were handed over: a bitmap that is gone
 *       without it was removed by somebody else, and its bits with it;
 *   <li>a new bitmap is never clean, where a canary could be made: a shrink, a clear and a re-making are seen by what is
 *       missing (hazards S1, S7);
 *   <li>a backup reads a disposable union, so that no job can change a chain (hazard S6).
 * </ul>
 */
public final class Plans {
    private Plans() {}

    /**
     * The one transaction of an operation.
     *
     * @param nodeByDisk the node that carries each disk's bitmaps
     * @throws IllegalArgumentException if a disk has no node, or the operation contradicts itself
     */
    public static Plan of(Operation operation, Map<DiskName, String> nodeByDisk) {
        return of(operation, nodeByDisk, Map.of());
    }

    /**
     * The one transaction of an operation.
     *
     * @param nodeByDisk the node that carries each disk's bitmaps
     * @param canaries what new bitmaps get their first marked granule from; where there is none, they begin empty
     * @throws IllegalArgumentException if a disk has no node, or the operation contradicts itself
     */
    public static Plan of(Operation operation, Map<DiskName, String> nodeByDisk, Map<DiskName, Canary> canaries) {
        return switch (operation) {
            case CheckpointOperation checkpoint -> create(checkpoint, nodeByDisk, canaries);
            case DeletionOperation deletion -> delete(deletion, nodeByDisk);
            case BackupOperation backup -> backUp(backup, nodeByDisk, canaries);
        };
    }

    private static Plan create(
            CheckpointOperation operation, Map<DiskName, String> nodeByDisk, Map<DiskName, Canary> canaries) {
        List<Verb> verbs = new ArrayList<>();
        for (NewBitmap disk : operation.disks()) {
            Optional<Canary> canary = Optional.ofNullable(canaries.get(disk.disk()));
            takeOver(verbs, node(nodeByDisk, disk.disk()), operation.bitmap(), canary, disk.previous());
        }
        return new Plan(verbs);
    }

    private static Plan delete(DeletionOperation operation, Map<DiskName, String> nodeByDisk) {
        String gone = operation.bitmap().value();
        List<Verb> verbs = new ArrayList<>();
        for (BitmapDeletion disk : operation.disks()) {
            String node = node(nodeByDisk, disk.disk());
            disk.previous().map(BitmapName::value).ifPresent(previous -> {
                verbs.add(new MergeBitmaps(node, previous, List.of(gone)));
                if (disk.newest()) {
                    verbs.add(new EnableBitmap(node, previous));
                }
                verbs.add(new AddTemporaryBitmap(node, BitmapName.temporary(operation.id())));
            });
            verbs.add(new RemoveBitmap(node, gone));
        }
        return new Plan(verbs);
    }

    private static Plan backUp(
            BackupOperation operation, Map<DiskName, String> nodeByDisk, Map<DiskName, Canary> canaries) {
        String temporary = BitmapName.temporary(operation.id());
        List<Verb> verbs = new ArrayList<>();
        for (int index = 0; index < operation.disks().size(); index++) {
            DiskBackup disk = operation.disks().get(index);
            String node = node(nodeByDisk, disk.plan().disk());
            if (disk.tracked()) {
                BitmapName added = BitmapName.of(operation
                        .checkpoint()
                        .orElseThrow(() -> new IllegalArgumentException("a tracked disk without a checkpoint"))
                        .id());
                Optional<Canary> canary =
                        Optional.ofNullable(canaries.get(disk.plan().disk()));
                takeOver(verbs, node, added, canary, disk.previous());
            }
            Optional<String> marks = Optional.empty();
            if (disk.plan().kind() == BackupKind.INCREMENTAL) {
                verbs.add(new AddTemporaryBitmap(node, temporary));
                verbs.add(new MergeBitmaps(
                        node,
                        temporary,
                        disk.merge().stream().map(BitmapName::value).toList()));
                marks = Optional.of(temporary);
            }
            String job = QemuNames.job(operation.id(), index);
            String target = QemuNames.targetNode(operation.id(), index);
            verbs.add(
                    switch (operation) {
                        case PushBackupOperation push ->
                            new StartBackup(
                                    node,
                                    job,
                                    target,
                                    marks,
                                    push.bytesPerSecondMax(),
                                    push.compression().isPresent());
                        case PullBackupOperation pull -> new StartFleecing(node, job, target);
                    });
        }
        return new Plan(verbs);
    }

    private static void takeOver(
            List<Verb> verbs, String node, BitmapName added, Optional<Canary> canary, Optional<BitmapName> previous) {
        verbs.add(new AddBitmap(node, added.value()));
        canary.ifPresent(bird -> verbs.add(new Verb.MergeCanary(node, added.value(), bird.node(), bird.bitmap())));
        previous.ifPresent(name -> verbs.add(new DisableBitmap(node, name.value())));
    }

    private static String node(Map<DiskName, String> nodeByDisk, DiskName disk) {
        String node = nodeByDisk.get(disk);
        if (node == null) {
            throw new IllegalArgumentException("disk " + disk + " has no node");
        }
        return node;
    }
}
