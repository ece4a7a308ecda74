package dev.tidemark.coordinator.chain;

import dev.tidemark.coordinator.chain.RetentionPlan.Merge;
import dev.tidemark.coordinator.chain.RetentionPlan.Step;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The order in which a plan is carried out: at any moment all that stays has all that it stands on. What goes goes as soon as nothing
 * stands on it, so that the merges need room for one of them at a time.
 */
final class RetentionSteps {
    private final SequencedMap<BackupId, Map<DiskName, BackupId>> parents = new LinkedHashMap<>();
    private final List<BackupId> going = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();

    private RetentionSteps() {}

    static List<Step> of(List<StoredBackup> there, List<BackupId> deletions, List<Merge> merges) {
        RetentionSteps order = new RetentionSteps();
        for (StoredBackup stored : there) {
            Map<DiskName, BackupId> below = new HashMap<>();
            stored.files().forEach(file -> file.parent().ifPresent(parent -> below.put(file.disk(), parent)));
            order.parents.put(stored.backup(), below);
        }
        order.going.addAll(deletions);
        order.deleteWhatCanGo();
        for (Merge merge : merges) {
            order.steps.add(new Step(Step.Action.MERGE, merge.backup()));
            for (DiskMerge disk : merge.disks()) {
                order.restack(merge.backup(), disk.disk(), disk.onto());
            }
            order.deleteWhatCanGo();
        }
        return order.steps;
    }

    private void restack(BackupId backup, DiskName disk, Optional<BackupId> onto) {
        Map<DiskName, BackupId> below = parents.getOrDefault(backup, Map.of());
        if (onto.isPresent()) {
            below.put(disk, onto.get());
        } else {
            below.remove(disk);
        }
    }

    /** The newest first, so that one pass is enough. */
    private void deleteWhatCanGo() {
        for (BackupId backup : List.copyOf(going)) {
            boolean free = parents.values().stream().noneMatch(below -> below.containsValue(backup));
            if (free) {
                steps.add(new Step(Step.Action.DELETE, backup));
                going.remove(backup);
                parents.remove(backup);
            }
        }
    }
}
