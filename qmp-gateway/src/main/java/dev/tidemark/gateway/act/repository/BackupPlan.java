package dev.tidemark.gateway.act.repository;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * What an unfinished backup will be. It is written last of all when a backup begins, so that its presence means that every target was
 * made; a gateway that crashed completes with this, and not with what the log may have become meanwhile.
 */
record BackupPlan(
        int formatVersion,
        OperationId operation,
        BackupId backup,
        MachineId machine,
        MachineName machineName,
        Instant requestedAt,
        Optional<BackupCheckpoint> checkpoint,
        Optional<Compression> compression,
        List<PlannedDisk> disks,
        Optional<List<DiskFacts>> machineDisks,
        Optional<DiskEncryption> encryption) {
    static final int FORMAT_VERSION = 1;

    /** With where each disk that goes elsewhere was seen to go when it began. */
    BackupPlan with(List<PlannedDisk> placed) {
        return new BackupPlan(
                formatVersion,
                operation,
                backup,
                machine,
                machineName,
                requestedAt,
                checkpoint,
                compression,
                placed,
                machineDisks,
                encryption);
    }

    BackupPlan {
        disks = List.copyOf(disks);
        machineDisks = machineDisks.map(List::copyOf);
    }

    /**
     * One disk and its virtual size in bytes.
     *
     * @param target where it goes, if that is no file here
     * @param place what the target led to when the backup began ({@link Target#identity})
     */
    record PlannedDisk(
            DiskPlan plan,
            @JsonProperty(required = true) long size,
            Optional<TargetAddress> target,
            Optional<String> place) {
        PlannedDisk(DiskPlan plan, long size, Optional<TargetAddress> target) {
            this(plan, size, target, Optional.empty());
        }

        PlannedDisk at(Target found) {
            return new PlannedDisk(plan, size, target, Optional.of(found.identity()));
        }

        /** Where its target leads; refused if that is not where it led when the backup began. */
        Target where(AllowedTargets targets) throws RepositoryException {
            Target now = targets.resolved(target.orElseThrow());
            if (!place.equals(Optional.of(now.identity()))) {
                throw new RepositoryException(
                        FailureCode.TARGET_FAILED,
                        name(),
                        now.address() + " leads to " + now.identity() + " now, and led to "
                                + place.orElse("another place") + " when the copy began",
                        null);
            }
            return now;
        }

        DiskName name() {
            return plan.disk();
        }

        /** What the header of its file names; nothing for a full backup. */
        Optional<String> backingFile() {
            return parent().map(parent -> RepositoryTree.backingFile(parent, plan.disk()));
        }

        Optional<BackupId> parent() {
            return plan.kind() == BackupKind.INCREMENTAL ? plan.parent() : Optional.empty();
        }
    }

    /** How its file is encrypted; what goes to another place than a file is not. */
    Optional<DiskEncryption> encryption(PlannedDisk disk) {
        return disk.target().isPresent() ? Optional.empty() : encryption;
    }

    PlannedDisk disk(DiskName name) {
        return disks.stream()
                .filter(planned -> planned.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("backup " + backup + " has no disk " + name));
    }
}
