package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.event.MachineConfiguration;
import dev.tidemark.schema.event.MachineEvent;
import dev.tidemark.schema.event.QemuFacts;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that a machine's log says, folded. The same fold serves live and restart; a snapshot is this record.
 *
 * @param version the number of events folded
 * @param retired checkpoints that are gone for good (failed or deleted): a bitmap of theirs that is seen again means that
 *     the image was rolled back
 * @param stored the completed backups that lie in repositories, in the order of their moments
 * @param freeze when the guest's file systems were last to be frozen
 * @param told drift that was recorded, newest last
 * @param recent operations that were accepted, newest last: asking one again changes nothing
 * @param intents operations that were to change QEMU, newest last, as far back as anything of theirs may still be there:
 *     what carries the id of one of them is ours (invariant I6)
 */
public record Machine(
        MachineId id,
        long version,
        Optional<Registration> registration,
        boolean removed,
        Optional<QemuFacts> qemu,
        List<Disk> disks,
        List<Checkpoint> checkpoints,
        List<CheckpointId> retired,
        List<Base> bases,
        List<LostBase> lostBases,
        List<RepositoryName> usedRepositories,
        List<StoredBackup> stored,
        List<Retention> retention,
        Optional<Pending> pending,
        Optional<Freeze> freeze,
        List<Errand> errands,
        List<String> told,
        List<OperationId> recent,
        List<OperationId> intents) {

    /** Where a machine is found, and which removed ones were found there before. */
    public record Registration(
            MachineName name, HostName host, String qmpSocket, Optional<String> qgaSocket, List<MachineId> formers) {
        public Registration {
            formers = List.copyOf(formers);
        }
    }

    public Machine {
        disks = List.copyOf(disks);
        checkpoints = List.copyOf(checkpoints);
        retired = List.copyOf(retired);
        bases = List.copyOf(bases);
        lostBases = List.copyOf(lostBases);
        usedRepositories = List.copyOf(usedRepositories);
        stored = List.copyOf(stored);
        retention = List.copyOf(retention);
        errands = List.copyOf(errands);
        told = List.copyOf(told);
        recent = List.copyOf(recent);
        intents = List.copyOf(intents);
    }

    /** A machine of which nothing is known. */
    public static Machine unknown(MachineId id) {
        return new Machine(
                id,
                0,
                Optional.empty(),
                false,
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    /** The machine after one more event. */
    public Machine evolve(MachineEvent event) {
        return Evolution.apply(this, event);
    }

    /** Of how many parts it consists, roughly: what it takes to keep it in memory grows with that. */
    public long parts() {
        long parts =
                1L + recent.size() + intents.size() + retired.size() + told.size() + bases.size() + checkpoints.size();
        for (Disk disk : disks) {
            parts += 1 + disk.chain().size();
        }
        for (StoredBackup backup : stored) {
            parts += 1 + backup.files().size();
        }
        return parts;
    }

    /** Whether it is registered now. */
    public boolean registered() {
        return registration.isPresent() && !removed;
    }

    /** A disk that was ever seen, present or not. */
    public Optional<Disk> disk(DiskName name) {
        for (Disk disk : disks) {
            if (disk.name().equals(name)) {
                return Optional.of(disk);
            }
        }
        return Optional.empty();
    }

    /** The disks that are there now. */
    public List<Disk> presentDisks() {
        for (Disk disk : disks) {
            if (!disk.present()) {
                return disks.stream().filter(Disk::present).toList();
            }
        }
        return disks;
    }

    /** What it was at the last look; empty before the first. */
    Optional<MachineConfiguration> configuration() {
        return qemu.map(seen -> new MachineConfiguration(
                seen, presentDisks().stream().map(Disk::facts).toList()));
    }

    /** A live checkpoint by its id. */
    public Optional<Checkpoint> checkpoint(CheckpointId wanted) {
        for (Checkpoint live : checkpoints) {
            if (live.id().equals(wanted)) {
                return Optional.of(live);
            }
        }
        return Optional.empty();
    }

    /** A live checkpoint by its name. */
    public Optional<Checkpoint> checkpoint(CheckpointName wanted) {
        return checkpoints.stream().filter(live -> live.name().equals(wanted)).findFirst();
    }

    /** The newest checkpoint that exists. */
    public Optional<Checkpoint> newestCheckpoint() {
        return checkpoints.reversed().stream()
                .filter(live -> live.state() != Checkpoint.State.REQUESTED)
                .findFirst();
    }

    /** The name under which people know a checkpoint, else its id. */
    public String nameOf(CheckpointId checkpoint) {
        return checkpoint(checkpoint).map(live -> live.name().value()).orElse(checkpoint.value());
    }

    /** A completed backup that was not deleted. */
    public Optional<StoredBackup> stored(BackupId backup) {
        for (StoredBackup kept : stored.reversed()) {
            if (kept.backup().equals(backup)) {
                return Optional.of(kept);
            }
        }
        return Optional.empty();
    }

    /** What is to stay in a repository, if anybody said so. */
    public Optional<Retention> retention(RepositoryName repository) {
        return retention.stream()
                .filter(known -> known.repository().equals(repository))
                .findFirst();
    }

    /** The backups that need this one below them, oldest first. */
    List<BackupId> standingOn(BackupId backup) {
        Set<BackupId> below = new HashSet<>(Set.of(backup));
        List<BackupId> above = new ArrayList<>();
        for (StoredBackup kept : stored) {
            // One pass is enough: nothing stands on a later one.
            if (below.stream().anyMatch(kept::standsOn)) {
                below.add(kept.backup());
                above.add(kept.backup());
            }
        }
        return above;
    }

    /** Whether the log ever heard of a checkpoint of this id. */
    boolean knows(CheckpointId checkpoint) {
        return checkpoint(checkpoint).isPresent() || retired.contains(checkpoint);
    }

    /** Whether a job, node, export or temporary bitmap carries the id of an operation of this log. */
    boolean intended(String name) {
        for (OperationId operation : intents.reversed()) {
            if (name.contains(operation.value())) {
                return true;
            }
        }
        return false;
    }

    boolean did(OperationId operation) {
        return recent.contains(operation);
    }
}
