package dev.tidemark.gateway.act.repository;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.CompletedDisk;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskEncryption;
import dev.tidemark.schema.event.DiskFacts;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.event.MachineConfiguration;
import dev.tidemark.schema.event.Moment;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryIdentity;
import dev.tidemark.schema.id.TargetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What lies beside the files of a completed backup. It is written last, so that its presence under the backup's own name means that
 * every file it tells of was fsynced and read back (invariant I7). The order of backups is that of the parents; {@code requestedAt}
 * is for people and for a catalogue that has to be rebuilt. The backup's own moment lies between {@code requestedAt}, by the
 * coordinator's clock, and {@code storedAt}, when its files had been read back, by the clock of the host that wrote them;
 * {@code moment} says what it is worth, and is empty where no guest was frozen yet. {@code machineDisks} came later: all disks that the
 * machine had, also those that are not in the backup.
 */
public record Manifest(
        int formatVersion,
        BackupId backup,
        MachineId machine,
        MachineName machineName,
        OperationId operation,
        Instant requestedAt,
        Optional<Instant> storedAt,
        Optional<BackupCheckpoint> checkpoint,
        QemuFacts qemu,
        Optional<Compression> compression,
        Optional<RepositoryIdentity> repository,
        Optional<Moment> moment,
        Optional<Merges> merged,
        List<StoredDisk> disks,
        Optional<List<DiskFacts>> machineDisks) {
    /** Of a machine of which nothing more is told. */
    public Manifest(
            int formatVersion,
            BackupId backup,
            MachineId machine,
            MachineName machineName,
            OperationId operation,
            Instant requestedAt,
            Optional<Instant> storedAt,
            Optional<BackupCheckpoint> checkpoint,
            QemuFacts qemu,
            Optional<Compression> compression,
            Optional<RepositoryIdentity> repository,
            Optional<Moment> moment,
            Optional<Merges> merged,
            List<StoredDisk> disks) {
        this(
                formatVersion,
                backup,
                machine,
                machineName,
                operation,
                requestedAt,
                storedAt,
                checkpoint,
                qemu,
                compression,
                repository,
                moment,
                merged,
                disks,
                Optional.empty());
    }

    /** The version that a backup writes. */
    public static final int FORMAT_VERSION = 1;

    /** The version that a merge writes: who does not know it must not take the files for damaged while they are exchanged. */
    public static final int MERGED_FORMAT_VERSION = 2;

    /** The version of a backup whose disks lie at targets: who does not know it must not take files for lost that never were. */
    public static final int TARGETS_FORMAT_VERSION = 4;

    public Manifest {
        disks = List.copyOf(disks);
        machineDisks = machineDisks.map(List::copyOf);
    }

    /**
     * The version of a backup of which a file is encrypted, merged or not: who does not know it would take the file for damaged, and the
     * next backup that it writes would stand on what it cannot open.
     */
    public static final int ENCRYPTED_FORMAT_VERSION = 3;

    /** One disk's file, or what lies at {@code target} in its place, of which size and digest are those of the disk: sizes in bytes, {@code bytes} is what QEMU copied, {@code sha256} that of the whole file in lower-case hex.
     * Numbers are marked as required because Jackson takes a missing one for 0. */
    public record StoredDisk(
            DiskName disk,
            BackupKind kind,
            Optional<CheckpointId> since,
            Optional<BackupId> parent,
            Optional<FullCause> cause,
            String detail,
            String file,
            @JsonProperty(required = true) long size,
            @JsonProperty(required = true) long fileSize,
            @JsonProperty(required = true) long bytes,
            String sha256,
            Optional<TargetAddress> target,
            Optional<DiskEncryption> encryption) {
        /** A file that is not encrypted. */
        public StoredDisk(
                DiskName disk,
                BackupKind kind,
                Optional<CheckpointId> since,
                Optional<BackupId> parent,
                Optional<FullCause> cause,
                String detail,
                String file,
                long size,
                long fileSize,
                long bytes,
                String sha256) {
            this(
                    disk,
                    kind,
                    since,
                    parent,
                    cause,
                    detail,
                    file,
                    size,
                    fileSize,
                    bytes,
                    sha256,
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /** One merge, when its files had been compared, and what they were before: by whom it was asked for is in the log. */
    public record Merge(OperationId operation, Instant mergedAt, List<Replaced> disks) {
        public Merge {
            disks = List.copyOf(disks);
        }
    }

    /** What a disk's file stood on and was before a merge. */
    public record Replaced(DiskName disk, BackupId parent, String sha256) {}

    /**
     * What was merged into the backup, oldest first.
     *
     * @param replaced while files are being exchanged, those that may still lie in the places of the new ones: a file's own header
     *     tells which of the two it is
     */
    public record Merges(List<Merge> history, List<StoredDisk> replaced) {
        public Merges {
            history = List.copyOf(history);
            replaced = List.copyOf(replaced);
        }
    }

    /** The same backup with other files. */
    Manifest merged(Merges merges, List<StoredDisk> files) {
        return new Manifest(
                version(Optional.of(merges), files),
                backup,
                machine,
                machineName,
                operation,
                requestedAt,
                storedAt,
                checkpoint,
                qemu,
                compression,
                repository,
                moment,
                Optional.of(merges),
                files,
                machineDisks);
    }

    /** The lowest that tells of this. */
    static int version(Optional<Merges> merged, List<StoredDisk> disks) {
        if (disks.stream().anyMatch(disk -> disk.target().isPresent())) {
            return TARGETS_FORMAT_VERSION;
        }
        boolean isEncrypted = Stream.concat(
                        disks.stream(), merged.stream().flatMap(merges -> merges.replaced().stream()))
                .anyMatch(disk -> disk.encryption().isPresent());
        if (isEncrypted) {
            return ENCRYPTED_FORMAT_VERSION;
        }
        return merged.isPresent() ? MERGED_FORMAT_VERSION : FORMAT_VERSION;
    }

    /** The files that are being exchanged for others. */
    List<StoredDisk> replaced() {
        return merged.map(Merges::replaced).orElseGet(List::of);
    }

    /** What was merged into it, oldest first. */
    List<Merge> merges() {
        return merged.map(Merges::history).orElseGet(List::of);
    }

    /** The part of one disk. */
    public Optional<StoredDisk> disk(DiskName name) {
        return disks.stream().filter(stored -> stored.disk().equals(name)).findFirst();
    }

    /** What stands behind its completion. */
    public Evidence.Stored evidence() {
        return new Evidence.Stored(
                completedDisks(), repository, machineDisks.map(facts -> new MachineConfiguration(qemu, facts)));
    }

    /** As the log records it, with files relative to the repository. */
    public List<CompletedDisk> completedDisks() {
        return disks.stream().map(this::completed).toList();
    }

    CompletedDisk completed(StoredDisk stored) {
        return new CompletedDisk(
                stored.disk(),
                stored.kind(),
                stored.since(),
                stored.parent(),
                stored.bytes(),
                stored.target().map(TargetAddress::value).orElse(machine + "/" + backup + "/" + stored.file()),
                stored.fileSize(),
                stored.sha256(),
                stored.size(),
                stored.encryption());
    }
}
