package dev.tidemark.coordinator;

import dev.tidemark.coordinator.api.RetentionView;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Retention;
import dev.tidemark.coordinator.chain.RetentionPlan;
import dev.tidemark.coordinator.chain.RetentionPlanner;
import dev.tidemark.schema.id.BackupId;

/** The core's retention plan in the shapes of the interface. */
final class RetentionPicture {
    private RetentionPicture() {}

    static RetentionView of(Machine machine, Retention retention, boolean merging) {
        RetentionPlan plan = RetentionPlanner.plan(machine, retention.repository(), retention.policy(), merging);
        return new RetentionView(
                machine.registration().orElseThrow().name().value(),
                retention.repository().value(),
                machine.version(),
                retention.policy(),
                plan.entries().stream()
                        .map(entry -> new RetentionView.Backup(
                                entry.backup().value(),
                                entry.takenAt(),
                                entry.stays(),
                                entry.reasons().stream()
                                        .map(reason -> new RetentionView.Reason(
                                                reason.kind().name(), reason.detail()))
                                        .toList()))
                        .toList(),
                plan.deletions().stream().map(BackupId::value).toList(),
                plan.merges().stream()
                        .map(merge -> new RetentionView.Merge(
                                merge.backup().value(),
                                merge.disks().stream()
                                        .map(disk -> new RetentionView.MergedDisk(
                                                disk.disk().value(),
                                                disk.parent().value(),
                                                disk.onto().map(BackupId::value).orElse(null)))
                                        .toList(),
                                merge.bytes()))
                        .toList(),
                plan.steps().stream()
                        .map(step -> new RetentionView.Step(
                                step.action().name(), step.backup().value()))
                        .toList(),
                plan.checkpoints().stream()
                        .map(checkpoint -> new RetentionView.Checkpoint(checkpoint.value(), machine.nameOf(checkpoint)))
                        .toList());
    }
}
